"""Building the demo company, through the same services that a user calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.secret import Secret
from vault.domain.spell import Spell, midnight
from vault.services import demo_company as company
from vault.services.accounts import Links, add_account, edit_account
from vault.services.activity import record_activity
from vault.services.credentials import set_credential
from vault.services.editing import add_record, fresh_id
from vault.services.environment import Environment
from vault.services.generating import STRENGTH, generate_password
from vault.services.session import Session
from vault.services.vaults import create_vault

YEARS = timedelta(days=365)


def found(location: str, passphrase: str, env: Environment) -> Session:
    """Return the new vault of a company that has had it for a year.

    Of the time before a vault was made nothing is told, and so no chart would have a past. Raises
    as `create_vault` does.
    """
    then = env.now() - YEARS
    made = replace(env, now=lambda: then)
    session = create_vault(location, passphrase, "Ana Kramer", made, cost="floor")
    session.env = env
    return session


class DemoBuilder:
    """Fills a session's vault with the demo company; `tell` hears what is being done."""

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        self.session = session
        self.tell = tell
        self.now = session.env.now()
        self.long_ago = self.now - 3 * YEARS

    def build(self) -> None:
        """Build everything."""
        self.tell("people and roles")
        self.people()
        self.roles()
        self.tell("accounts")
        self.accounts()
        self.tell("second factors, seats and tools")
        self.personal_ties()
        self.seats()
        self.tools()
        self.tell("passwords and activity")
        self.secrets()
        self.knowledge_of_former()
        self.activity()

    def _add(self, record: Record) -> Id:
        return add_record(self.session, record).id

    def _id(self) -> Id:
        return fresh_id(self.session)

    def person(self, name: str) -> Person:
        """Return somebody by name."""
        return resolve(self.session.registry, Person, name)

    def role(self, name: str) -> Role:
        """Return a role by name."""
        return resolve(self.session.registry, Role, name)

    def account(self, name: str) -> Account:
        """Return an account by platform and handle."""
        return resolve(self.session.registry, Account, name)

    def mailbox(self, address: str) -> Mailbox:
        """Return a mailbox by its address."""
        return resolve(self.session.registry, Mailbox, address)

    def people(self) -> None:
        """Everybody, the two leavers with their last days and two who left long ago."""
        days = {name: 25 + 7 * number for number, name in enumerate(company.LEAVERS)}
        working = dict.fromkeys(name for job in company.JOBS for name in job.holders)
        known = {p.name for p in self.session.registry.all(Person)}
        for name in (*working, *company.OTHERS):
            if name in known:
                continue
            leaves = self.now + timedelta(days=days[name]) if name in days else None
            self._add(
                Person(
                    id=self._id(),
                    name=name,
                    mail=company.address(name),
                    last_day=leaves.date() if leaves else None,
                )
            )
        for name in company.FORMER:
            gone = (self.now - company.FORMER_SINCE).date()
            mail = company.address(name)
            self._add(Person(id=self._id(), name=name, mail=mail, last_day=gone))

    def roles(self) -> None:
        """Roles with their mailboxes and holders."""
        for job in company.JOBS:
            role = self._add(Role(id=self._id(), name=job.name, purpose=job.purpose))
            if job.mailbox:
                self._add(
                    Mailbox(
                        id=self._id(),
                        address=f"{job.mailbox}@{company.DOMAIN}",
                        type="group" if job.name == "Belgium" else "shared",
                        owner=role,
                        readers=(Spell(role, self.long_ago),),
                        proven_at=None if job.name in {"City", "Video"} else self.now,
                    )
                )
            for name in job.holders:
                person = self.person(name).id
                self._add(Assignment(id=self._id(), person=person, role=role, since=self.long_ago))

    def accounts(self) -> None:
        """The brands on all platforms, the dead ones, and tools."""
        for handle, role in company.BRANDS:
            owner = self.role(role).id
            job = next(job for job in company.JOBS if job.name == role)
            mailbox = self.mailbox(f"{job.mailbox}@{company.DOMAIN}").id
            links = Links(owner_role=owner, login_mailbox=mailbox)
            for platform in company.LOGIN_PLATFORMS:
                self._account(platform, handle, links)
            for platform in company.SEAT_PLATFORMS:
                self._account(platform, handle, Links(owner_role=owner))
        for platform, handle in company.DEAD:
            self._account(platform, handle, Links(owner_role=self.role("Marketing").id))
        self._special_accounts()

    def _account(self, platform: str, handle: str, links: Links, purpose: str = "") -> Account:
        known = self.session.registry.catalogue.get(platform)
        since = self.long_ago
        name = f"{handle}.{company.DOMAIN}" if platform == "bluesky" else handle
        return add_account(self.session, known, name, links, since=since, purpose=purpose)

    def _special_accounts(self) -> None:
        marketing = self.role("Marketing").id
        mail = self.mailbox(f"marketing@{company.DOMAIN}").id
        with_mail = Links(owner_role=marketing, login_mailbox=mail)
        google = self._account(
            "google_account", "brugman.marketing", with_mail, "the sign-in of tools"
        )
        self._account("canva", "brugman", Links(owner_role=marketing, sign_in_account=google.id))
        self._account("hootsuite", "brugman", with_mail, "plans and publishes posts")
        self._account("mailchimp", "brugman", with_mail, "newsletters")
        self._account("bitly", "brugman", with_mail, "short links")
        portfolio = self._account("facebook", "brugman-portfolio", Links(owner_role=marketing))
        for handle in ("brugman", "brugmankids"):
            page = self.account(f"facebook/{handle}")
            edit_account(self.session, page, Links(container=portfolio.id))
        insta = self.account("instagram/brugman")
        self._account("threads", "brugman", Links(owner_role=marketing, sign_in_account=insta.id))
        recruitment = Links(
            owner_role=self.role("Recruitment").id,
            login_mailbox=self.mailbox(f"jobs@{company.DOMAIN}").id,
        )
        for platform in ("x", "instagram", "tiktok"):
            self._account(platform, "brugmanjobs", recruitment, "vacancies")
        video = Links(owner_role=self.role("Video").id)
        self._account("youtube", "brugmanfilms", video, "films of rides and makers")
        self._account("github", "brugman", Links(owner_role=self.role("IT").id))

    def personal_ties(self) -> None:
        """What hangs on Jan and Sanne themselves: addresses, numbers, devices."""
        jan, sanne = self.person("Jan Bakker"), self.person("Sanne Visser")
        gmail = self._personal_mailbox("janbakker1979@gmail.com", jan)
        own_phone = self._phone("+31 6 1234 5678", jan, jan.id)
        work_phone = self._phone("+31 6 1234 5679", jan, "")
        press = self._account(
            "x",
            "brugmanpers",
            Links(owner_role=self.role("Press").id, login_mailbox=gmail),
            "news for journalists",
        )
        self._learnt(press, jan, "entered")
        x = self.account("x/brugman")
        edit_account(
            self.session, x, Links(recovery_mailboxes=(gmail,), recovery_phones=(own_phone,))
        )
        self._factor(x, jan, "totp", label="Jan's phone")
        self._factor(self.account("instagram/brugman"), jan, "sms", phone=work_phone)
        self._factor(self.account("tiktok/brugman"), jan, "security_key", company_device=True)
        self._factor(self.account("pinterest/brugman"), None, "totp")
        visser = self._personal_mailbox("sanne.films@outlook.com", sanne)
        vimeo = self.account("vimeo/brugman")
        edit_account(self.session, vimeo, Links(login_mailbox=visser))
        self._learnt(vimeo, sanne, "entered")

    def _personal_mailbox(self, address: str, owner: Person) -> Id:
        return self._add(Mailbox(id=self._id(), address=address, type="personal", owner=owner.id))

    def _phone(self, number: str, carrier: Person, contract: Id) -> Id:
        carriers = (Spell(carrier.id, self.long_ago),)
        return self._add(Phone(id=self._id(), number=number, contract=contract, carriers=carriers))

    def _factor(
        self,
        account: Account,
        holder: Person | None,
        method: str,
        *,
        label: str = "",
        phone: Id = "",
        company_device: bool = False,
    ) -> None:
        held = (Spell(holder.id, self.long_ago),) if holder and not phone else ()
        self._add(
            Factor(
                id=self._id(),
                account=account.id,
                method=method,  # type: ignore[arg-type]  # the table above uses the known ones
                label=label,
                holders=held,
                phone=phone,
                seed="device" if holder else "unknown",
                company_device=company_device,
                since=self.long_ago,
            )
        )

    def _learnt(self, account: Account, person: Person, how: str) -> None:
        for credential in self.session.registry.credentials_of.get(account.id, ()):
            self._add(
                Exposure(
                    id=self._id(),
                    credential=credential.id,
                    version=1,
                    person=person.id,
                    how=how,  # type: ignore[arg-type]  # the calls above use the known ones
                    at=self.long_ago + YEARS,
                )
            )

    def seats(self) -> None:
        """Two people with full rights nearly everywhere; where it is one, that is the story."""
        for account, name, level in self._seat_plan():
            self._seat(self.account(account), self.person(name), level)

    def _seat_plan(self) -> Iterator[tuple[str, str, Level]]:
        for handle, role in company.BRANDS:
            job = next(job for job in company.JOBS if job.name == role)
            for platform in company.SEAT_PLATFORMS:
                holders = job.holders[:2]
                for number, name in enumerate(holders):
                    yield f"{platform}/{handle}", name, "owner" if number == 0 else "full"
        yield "facebook/brugman-portfolio", "Noor Meijer", "owner"
        yield "facebook/brugman-portfolio", "Jan Bakker", "owner"
        yield "youtube/brugmanfilms", "Jan Bakker", "owner"
        yield "youtube/brugmanfilms", "Sanne Visser", "edit"
        yield "linkedin/brugmanlease", "Jan Bakker", "post"
        yield "linkedin/brugmanpro", "Pieter Jonker", "full"
        yield "github/brugman", "Kees Postma", "owner"
        yield "github/brugman", "Ana Kramer", "owner"

    def _seat(self, account: Account, person: Person, level: Level) -> None:
        since = self.long_ago
        self._add(
            Seat(
                id=self._id(),
                account=account.id,
                person=person.id,
                level=level,
                since=since,
                confirmed_on=since,
            )
        )

    def tools(self) -> None:
        """Hootsuite posts for three accounts by the say of Jan; a token that he made."""
        tool, jan = self.account("hootsuite/brugman"), self.person("Jan Bakker")
        for name in ("x/brugman", "linkedin/brugman", "facebook/brugman"):
            account = self.account(name).id
            self._add(
                Grant(
                    id=self._id(),
                    tool=tool.id,
                    account=account,
                    granted_by=jan.id,
                    scope="publish",
                    since=self.long_ago,
                )
            )
        token = self._add(
            Credential(
                id=self._id(),
                account=self.account("bitly/brugman").id,
                what="api_token",
                versions=(Version(number=1, made_at=self.long_ago, current_from=self.long_ago),),
            )
        )
        self._add(
            Exposure(
                id=self._id(),
                credential=token,
                version=1,
                person=jan.id,
                how="entered",
                at=self.long_ago,
            )
        )

    def secrets(self) -> None:
        """Some passwords that the vault itself keeps."""
        for name in ("x/brugman", "instagram/brugman", "hootsuite/brugman", "mailchimp/brugman"):
            account = self.account(name)
            rules = self.session.registry.platform(account).password
            secret: Secret = generate_password(rules).secret
            set_credential(self.session, account, secret, as_current=True, strength=STRENGTH)

    def knowledge_of_former(self) -> None:
        """Pieter looked for people until he left: of what he knew, one password has changed."""
        pieter = self.person("Pieter Jonker")
        assignment = Assignment(
            id=self._id(),
            person=pieter.id,
            role=self.role("Recruitment").id,
            since=self.long_ago,
            until=midnight(pieter.last_day) if pieter.last_day else None,
        )
        self._add(assignment)
        for name in company.SEEN_BY_FORMER:
            self._learnt(self.account(name), pieter, "entered")
        changed = self.account(company.CHANGED_SINCE)
        secret = generate_password(self.session.registry.platform(changed).password).secret
        set_credential(self.session, changed, secret, as_current=True, strength=STRENGTH)

    def activity(self) -> None:
        """When accounts last posted; most did this week."""
        silent = dict(company.SILENT)
        for account in list(self.session.registry.all(Account)):
            name = f"{account.platform}/{account.handle}"
            if name in company.NEVER_POSTED:
                record_activity(self.session, account, None, "profile page")
            elif name in silent:
                last = self.now - timedelta(days=silent[name])
                record_activity(self.session, account, last, "profile page")
            elif account.platform in {"x", "instagram", "tiktok"}:
                last = self.now - timedelta(days=len(name) % 6)
                record_activity(self.session, account, last, "profile page")
