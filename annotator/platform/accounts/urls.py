"""Pages of `accounts`."""

from django.urls import path

from annotator.platform.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/keys/", views.letter_keys, name="letter-keys"),
    path("account/email/", views.email, name="email"),
    path("account/email/<str:token>/", views.verify_email, name="verify-email"),
    path("reset-password/", views.reset_password, name="reset-password"),
    path("reset-password/<str:uidb64>/<str:token>/", views.NewPassword.as_view(), name="new-password"),
    path("account/tokens/", views.create_token, name="create-token"),
    path("account/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke-token"),
]
