"""A job that counts, reports each step with its checkpoint, and waits at one step until a test releases it."""

import time

from django.conf import settings
from django.db import transaction

from annotator.platform.jobs.registry import job_kind


@job_kind("quick", long=False)
def quick(context):
    """Do nothing, quickly."""
    return {"quick": True}


@job_kind("slow_count")
def slow_count(context):
    """Count to `steps`; at step `hold` wait until the file `go_on` exists."""
    first = (context.cursor or {"next": 0})["next"]
    steps = context.params["steps"]
    for step in range(first, steps):
        context.raise_if_cancelled()
        while step == context.params["hold"] and not (settings.VAR_DIR / "go_on").exists():
            context.raise_if_cancelled()
            time.sleep(0.05)
        with transaction.atomic():
            context.add_line("info", str(step), f"attempt {context.attempt}")
            context.save_checkpoint({"next": step + 1})
        context.set_progress(step + 1, steps)
    return {"counted": steps}
