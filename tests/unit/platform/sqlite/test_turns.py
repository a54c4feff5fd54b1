"""Writers of one process begin their transactions in the order in which they came."""

import threading
import time

from annotator.platform.sqlite.turns import Turns, turns_of
from tests.waiting import LONG


def test_turns_come_in_order_of_waiting() -> None:
    turns, order = Turns(), []
    assert turns.take(1)

    def wait(number: int) -> None:
        assert turns.take(LONG)
        order.append(number)
        turns.pass_on()

    threads = [threading.Thread(target=wait, args=[number]) for number in range(5)]
    for waiting, thread in enumerate(threads, start=1):
        thread.start()
        while len(turns._waiting) < waiting:
            time.sleep(0.001)
    turns.pass_on()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]
    assert turns.take(0)


def test_a_turn_that_does_not_come_in_time_is_given_up() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    turns.pass_on()
    assert turns.take(0)


def test_databases_have_turns_of_their_own() -> None:
    assert turns_of("a.sqlite3") is turns_of("a.sqlite3")
    assert turns_of("a.sqlite3") is not turns_of("b.sqlite3")
