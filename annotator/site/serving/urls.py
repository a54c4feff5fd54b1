"""Health checks."""

from django.urls import path

from annotator.site.serving import views

urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
    path("healthz/live/", views.live, name="live"),
    path("healthz/ready/", views.ready, name="ready"),
    path("healthz/ready/<slug:check>/", views.ready_part, name="ready-part"),
]
