"""A job that counts slowly and reports each step with its checkpoint."""

import time

from django.db import transaction

from annotator.platform.jobs.registry import job_kind


@job_kind("slow_count")
def slow_count(context):
    """Count to `steps`, with a `pause` in seconds at each."""
    first = (context.cursor or {"next": 0})["next"]
    steps = context.params["steps"]
    for step in range(first, steps):
        context.raise_if_cancelled()
        time.sleep(context.params["pause"])
        with transaction.atomic():
            context.add_line("info", str(step), f"attempt {context.attempt}")
            context.save_checkpoint({"next": step + 1})
        context.set_progress(step + 1, steps)
    return {"counted": steps}
