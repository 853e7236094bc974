#ifndef PLUMB_BASE_HTTP_ADDRESS_H
#define PLUMB_BASE_HTTP_ADDRESS_H

/*
 * Which addresses of the Internet anybody can reach, so that a URL from a repository leads nowhere else: by
 * IANA's registries of special-purpose addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry/, iana-ipv6-special-registry/).
 *
 * Not public: this network, private, shared (CGNAT), loopback, link-local (the instance's and the container's
 * credentials among them), documentation, benchmarking, multicast, reserved; of IPv6 everything outside of
 * 2000::/3.  IPv4 inside of IPv6 (mapped, NAT64, 6to4) counts as the IPv4 address that it stands for.
 */

#include <netinet/in.h>

#include "base/str.h"

bool address_is_public(const struct sockaddr *);
bool address_is_loopback(const struct sockaddr *);
/* "10.0.0.1", "fe80::1", without brackets and zone; false where the text is no address. */
WARN_UNUSED bool address_read(struct str text, struct sockaddr_storage *);

#endif
