"""The Celery task that runs a job."""

from annotator.platform.celery import RUN_JOB, app
from annotator.platform.jobs import runner


@app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Run a job, unless another worker holds it or it has ended."""
    runner.run(job_id)
