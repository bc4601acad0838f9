/// Settings about who is let in before anything is asked.
extension Setting {
    static let admission = [
        Setting(
            "admission.allow",
            \.admission.allow,
            .addressRanges,
            .onReload,
            """
            The only addresses that may connect, for instance 192.0.2.0/24 or 2001:db8::/32; with \
            an empty list, all may.
            """
        ),
        Setting(
            "admission.deny",
            \.admission.deny,
            .addressRanges,
            .onReload,
            "Addresses that may not connect, whatever admission.allow says."
        ),
        Setting(
            "admission.ipv4_prefix",
            \.admission.ipv4Prefix,
            .count("bits", 8...32),
            .onReload,
            "How many leading bits of an IPv4 address make a source, which limits count."
        ),
        Setting(
            "admission.ipv6_prefix",
            \.admission.ipv6Prefix,
            .count("bits", 16...128),
            .onReload,
            """
            How many leading bits of an IPv6 address make a source. Whoever has an IPv6 line has \
            at least 2^64 addresses, so more than 64 bits limit nobody.
            """
        ),
        Setting(
            "admission.proxy_protocol",
            \.admission.proxyProtocol,
            .choice(),
            .onReload,
            """
            Whether connections from admission.trusted_proxies begin with a header of the PROXY \
            protocol, version 1 or 2, which says where they really come from: "off", \
            "optional", or "required", which lets nobody in but through them.
            """
        ),
        Setting(
            "admission.trusted_proxies",
            \.admission.trustedProxies,
            .addressRanges,
            .onReload,
            """
            The addresses of load balancers whose headers are believed. Name them in \
            penalties.exempt too: their checks whether the host is up are no offence.
            """
        ),
        Setting(
            "admission.proxy_timeout",
            \.admission.proxyTimeout,
            .duration(.milliseconds(100) ... .seconds(60)),
            .onReload,
            "How long a proxy may take to send its header."
        ),
    ]

    static let penalties = [
        Setting(
            "penalties.costs",
            \.penalties.costs,
            .offences,
            .onReload,
            """
            What each offence adds to the penalty of its source, which time takes away again. \
            Those that are not named keep what they cost by default; 0s makes one free.
            """
        ),
        Setting(
            "penalties.minimum",
            \.penalties.minimum,
            .duration(.zero ... .seconds(86_400)),
            .onReload,
            """
            A source with a larger penalty may not connect until it is over. Somebody who \
            mistypes a password now and then stays below.
            """
        ),
        Setting(
            "penalties.maximum",
            \.penalties.maximum,
            .duration(.seconds(1) ... .seconds(604_800)),
            .onReload,
            "No penalty is larger, so that a source can come back this long after its last offence."
        ),
        Setting(
            "penalties.exempt",
            \.penalties.exempt,
            .addressRanges,
            .onReload,
            "Addresses that get no penalties: a monitor, an office behind one address."
        ),
        Setting(
            "penalties.account_memory",
            \.penalties.accountMemory,
            .duration(.zero ... .seconds(31_536_000)),
            .onReload,
            """
            While several sources guess at an account, passwords for it are taken only from where \
            somebody signed in to it this recently. Keys are always taken.
            """
        ),
    ]
}
