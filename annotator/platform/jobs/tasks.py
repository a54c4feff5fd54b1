"""What Celery calls."""

from annotator.platform.celery import RUN_JOB, app
from annotator.platform.jobs import runner


@app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Do a job, unless somebody else does or did."""
    runner.run(job_id)
