"""Configuration of gunicorn, which reads the variables of this module as its settings.

Threads, because views wait for the database most of the time. SQLite has one writer at a time, so one process is best;
PostgreSQL gets two, unless WEB_PROCESSES says otherwise.
"""

import os

bind = f"fd://{os.environ['ANNOTATOR_LISTENER']}"
workers = int(os.environ["ANNOTATOR_WEB_PROCESSES"])
threads = int(os.environ["ANNOTATOR_WEB_THREADS"])
worker_class = "gthread"
# With one process there is nothing to share, and the main process stays small.
preload_app = workers > 1
timeout = 60
graceful_timeout = 3
keepalive = 15
loglevel = "warning"
control_socket_disable = True
