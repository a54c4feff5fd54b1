"""The people of an imported project: accounts of this site, closed accounts made for them, or only names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password

from annotator.platform.accounts.models import User
from annotator.site.backup.problems import PeopleUndecided


@dataclass(frozen=True)
class PeopleChoice:
    """Who the people of a file are here.

    `accounts` gives the account for a name in the file. With `same_names`, an account with the same name is the same
    person. With `names_only`, no other accounts are used or made: annotations keep the names, and memberships and
    assignments are left out. Otherwise a closed account is made for each name that is new here.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    same_names: bool = False
    names_only: bool = False


@dataclass(frozen=True)
class People:
    """The accounts of the people in a file by their keys in the file, and the result for each name."""

    keys: Mapping[int, int | None]
    names: Mapping[str, str]


def map_people(people: Mapping[str, str], choice: PeopleChoice, *, now: datetime) -> People:
    """Return the accounts of people by their key in the file, and make closed accounts for new names.

    Raises `PeopleUndecided` when a name is taken here and the choice does not say whether it is the same person.
    """
    _check_choice(people, choice)
    keys: dict[int, int | None] = {}
    names: dict[str, str] = {}
    for key, name in people.items():
        account = _account(name, choice)
        if account is None and not choice.names_only:
            account = User.objects.create(username=name, is_active=False, password=make_password(None), date_joined=now)
            names[name] = "new, closed account"
        else:
            names[name] = f"account {account.username}" if account else "only a name"
        keys[int(key)] = account.pk if account else None
    return People(keys, names)


def _check_choice(people: Mapping[str, str], choice: PeopleChoice) -> None:
    for name, account in choice.accounts.items():
        if name not in people.values():
            raise PeopleUndecided(f"The file has no person “{name}”. It has: {', '.join(sorted(people.values()))}.")
        if not User.objects.filter(username=account).exists():
            raise PeopleUndecided(f"There is no user “{account}”. Create the account first: manage.py create_user.")
    if choice.same_names or choice.names_only:
        return
    open_names = sorted(set(people.values()) - set(choice.accounts))
    taken = [name for name in open_names if User.objects.filter(username__iexact=name).exists()]
    if taken:
        raise PeopleUndecided(
            f"Accounts with these names exist here: {', '.join(taken)}. Add --same-names if they are the same people, "
            f"--map {taken[0]}=ACCOUNT for another account, or --names-only to use no accounts."
        )


def _account(name: str, choice: PeopleChoice) -> User | None:
    if name in choice.accounts:
        return User.objects.get(username=choice.accounts[name])
    if choice.same_names:
        return User.objects.filter(username__iexact=name).order_by("id").first()
    return None
