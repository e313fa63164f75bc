#pragma once
// Looks up /dnsaddr/NAME: the TXT records of _dnsaddr.NAME hold the addresses behind it. Source: multiformats/multiaddr
// protocols/DNSADDR.md; the limits are ours. Thread-safe.
#include <functional>
#include <string>

#include <strata/net/multiaddr.hpp>

namespace strata::net {

/// Returns the texts of a name's TXT records.
using TxtLookup = std::function<Result<std::vector<std::string>>(const std::string& name)>;

/// A DNS server at 127.0.0.1, for tests; the system's are used otherwise.
struct TestDnsServer {
    std::uint16_t port = 0;
};
/// Asks the system's resolver, and waits at most about 12 s for each of its servers. Errors: not_found if there are
/// none; io; malformed.
Result<std::vector<std::string>> txt_records(const std::string& name, std::optional<TestDnsServer> server = {});

/// Returns true for an address that begins with /dnsaddr.
bool is_dnsaddr(const Multiaddr& address);
/// Returns the addresses behind a /dnsaddr, without further ones of the kind: at most 64 addresses, by at most 8
/// lookups. If the address names a peer, only that peer's. Records that are not addresses are left out. Errors:
/// invalid_argument for any other address; those of `lookup` for the first name.
Result<std::vector<Multiaddr>> resolve_dnsaddr(const Multiaddr& address, const TxtLookup& lookup);

}  // namespace strata::net
