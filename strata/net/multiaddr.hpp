#pragma once
// Addresses that say each step of the way: "/ip4/1.2.3.4/tcp/1347/p2p/12D3KooW…". Only the protocols of this table are
// read. Source: multiformats/multiaddr; go-multiaddr protocols.go and transcoders.go.
#include <optional>
#include <vector>

#include <strata/net/peer_id.hpp>

namespace strata::net {

/// The numbers are the multicodecs.
enum class Protocol : std::uint32_t {
    ip4 = 4,
    tcp = 6,
    ip6 = 41,
    ip6zone = 42,
    dns = 53,
    dns4 = 54,
    dns6 = 55,
    dnsaddr = 56,
    udp = 273,
    webrtc_direct = 280,
    webrtc = 281,
    p2p_circuit = 290,
    p2p = 421,
    https = 443,
    tls = 448,
    sni = 449,
    noise = 454,
    quic = 460,
    quic_v1 = 461,
    webtransport = 465,
    certhash = 466,
    ws = 477,
    wss = 478,
    http = 480,
};

struct AddressPart {
    Protocol protocol;
    Bytes value;  // without its length; empty if the protocol has no value

    friend bool operator==(const AddressPart&, const AddressPart&) = default;
};

class Multiaddr {
  public:
    /// The most bytes of the binary form, and the most parts. No specification has a limit; a real address has about
    /// 100 bytes.
    static constexpr std::size_t kMaxSize = 1024;
    static constexpr std::size_t kMaxParts = 32;

    /// Makes the empty address, which neither form can write.
    Multiaddr() = default;
    /// Reads the text form; a slash at the end is allowed. Errors: malformed; unsupported for a protocol that is not
    /// in the table; too_large.
    static Result<Multiaddr> parse(std::string_view text);
    /// Reads the binary form. Errors as for parse, and truncated.
    static Result<Multiaddr> from_bytes(BytesView bytes);
    /// Returns /ip4/ADDRESS/tcp/PORT, or with ip6. `ip` has 4 or 16 bytes (checked).
    static Multiaddr of_tcp(BytesView ip, std::uint16_t port);

    Bytes bytes() const;
    std::string to_string() const;
    const std::vector<AddressPart>& parts() const { return parts_; }
    bool empty() const { return parts_.empty(); }

    /// Returns true for an IP address or a name, then /tcp, and at most /p2p after it: what a host can dial.
    bool is_tcp() const;
    /// Returns the peer that the last part names.
    std::optional<PeerId> peer() const;
    Multiaddr without_peer() const;
    Multiaddr with_peer(const PeerId& peer) const;

    friend bool operator==(const Multiaddr&, const Multiaddr&) = default;

  private:
    Status add(AddressPart part);

    std::vector<AddressPart> parts_;
};

}  // namespace strata::net
