#include <strata/net/multiaddr.hpp>

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include <strata/base/varint.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata::net {
namespace {

// How the value of a protocol is written.
enum class Form : std::uint8_t { none, ip4, ip6, port, name, peer, hash };

struct Row {
    Protocol protocol;
    std::string_view name;
    Form form;
};

constexpr std::array kRows = {
    Row{Protocol::ip4, "ip4", Form::ip4},
    Row{Protocol::tcp, "tcp", Form::port},
    Row{Protocol::ip6, "ip6", Form::ip6},
    Row{Protocol::ip6zone, "ip6zone", Form::name},
    Row{Protocol::dns, "dns", Form::name},
    Row{Protocol::dns4, "dns4", Form::name},
    Row{Protocol::dns6, "dns6", Form::name},
    Row{Protocol::dnsaddr, "dnsaddr", Form::name},
    Row{Protocol::udp, "udp", Form::port},
    Row{Protocol::webrtc_direct, "webrtc-direct", Form::none},
    Row{Protocol::webrtc, "webrtc", Form::none},
    Row{Protocol::p2p_circuit, "p2p-circuit", Form::none},
    Row{Protocol::p2p, "p2p", Form::peer},
    Row{Protocol::p2p, "ipfs", Form::peer},  // the old name, which is read only
    Row{Protocol::https, "https", Form::none},
    Row{Protocol::tls, "tls", Form::none},
    Row{Protocol::sni, "sni", Form::name},
    Row{Protocol::noise, "noise", Form::none},
    Row{Protocol::quic, "quic", Form::none},
    Row{Protocol::quic_v1, "quic-v1", Form::none},
    Row{Protocol::webtransport, "webtransport", Form::none},
    Row{Protocol::certhash, "certhash", Form::hash},
    Row{Protocol::ws, "ws", Form::none},
    Row{Protocol::wss, "wss", Form::none},
    Row{Protocol::http, "http", Form::none},
};

constexpr std::size_t kMaxName = 253;  // characters of a domain name (RFC 1035 §2.3.4)
constexpr std::size_t kMaxText = 4 * Multiaddr::kMaxSize;

const Row& row_of(Protocol protocol) {
    const auto it = std::ranges::find(kRows, protocol, &Row::protocol);
    STRATA_CHECK(it != kRows.end());
    return *it;
}

Result<Row> row_named(std::string_view name) {
    const auto it = std::ranges::find(kRows, name, &Row::name);
    if (it == kRows.end())
        return fail(Errc::unsupported,
                    "the address has the protocol '" + std::string(name.substr(0, 40)) + "', which is not known here");
    return *it;
}

Result<Row> row_numbered(std::uint64_t number) {
    const auto it =
        std::ranges::find_if(kRows, [&](const Row& row) { return static_cast<std::uint64_t>(row.protocol) == number; });
    if (it == kRows.end())
        return fail(Errc::unsupported,
                    "the address has the protocol number " + std::to_string(number) + ", which is not known here");
    return *it;
}

/// Returns the size of values that all have the same; empty if the value comes after its length.
std::optional<std::size_t> fixed_size(Form form) {
    switch (form) {
        case Form::none:
            return 0;
        case Form::ip4:
            return 4;
        case Form::ip6:
            return 16;
        case Form::port:
            return 2;
        case Form::name:
        case Form::peer:
        case Form::hash:
            return std::nullopt;
    }
    return std::nullopt;
}

Error wrong_value(const Row& row, std::string_view text, std::string_view expected) {
    return fail(Errc::malformed, "the value of " + std::string(row.name) + " is '" + std::string(text.substr(0, 100)) +
                                     "', expected " + std::string(expected));
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxName &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '/'; });
}

// A multihash with any function: number, length, that many bytes (go-multiaddr validateCertHash).
bool is_multihash(BytesView bytes) {
    if (!take_uvarint(bytes)) return false;
    const auto size = take_uvarint(bytes);
    return size && *size == bytes.size();
}

/// Checks a value of variable size.
Status check_value(const Row& row, BytesView value) {
    if (row.form == Form::name && !is_name(as_text(value)))
        return fail(Errc::malformed, "the value of " + std::string(row.name) + " has " + std::to_string(value.size()) +
                                         " bytes, expected a name of 1 to " + std::to_string(kMaxName) +
                                         " printable characters without a slash");
    if (row.form == Form::peer) STRATA_OK(PeerId::from_bytes(value));
    if (row.form == Form::hash && !is_multihash(value))
        return fail(Errc::malformed, "the value of " + std::string(row.name) + " is not a multihash");
    return {};
}

Result<Bytes> parse_ip(const Row& row, std::string_view text) {
    Bytes out(*fixed_size(row.form));
    const bool is_4 = row.form == Form::ip4;
    if (::inet_pton(is_4 ? AF_INET : AF_INET6, std::string(text).c_str(), out.data()) != 1)
        return wrong_value(row, text, is_4 ? "an IPv4 address" : "an IPv6 address");
    return out;
}

Result<Bytes> parse_port(const Row& row, std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size())
        return wrong_value(row, text, "a number of 0 to 65535");
    Bytes out(2);
    store_be(out.data(), port);
    return out;
}

Result<Bytes> parse_value(const Row& row, std::string_view text) {
    switch (row.form) {
        case Form::none:
            return Bytes{};
        case Form::ip4:
        case Form::ip6:
            return parse_ip(row, text);
        case Form::port:
            return parse_port(row, text);
        case Form::name:
            return to_bytes(as_bytes(text));
        case Form::hash:
            return multibase_decode(text);
        case Form::peer: {
            STRATA_TRY(const auto peer, PeerId::parse(text));
            return to_bytes(peer.bytes());
        }
    }
    return Errc::internal;
}

std::string value_text(const Row& row, BytesView value) {
    switch (row.form) {
        case Form::none:
            return {};
        case Form::ip4:
        case Form::ip6: {
            std::array<char, INET6_ADDRSTRLEN> text{};
            ::inet_ntop(row.form == Form::ip4 ? AF_INET : AF_INET6, value.data(), text.data(), text.size());
            return text.data();
        }
        case Form::port:
            return std::to_string(load_be<std::uint16_t>(value.data()));
        case Form::name:
            return std::string(as_text(value));
        case Form::peer:
            return to_base58btc(value);
        case Form::hash:
            return multibase_encode('u', value).value();
    }
    return {};
}

/// Returns the text up to the next slash and moves `from` past both.
std::string_view take_word(std::string_view& from) {
    const auto word = from.substr(0, from.find('/'));
    from.remove_prefix(std::min(from.size(), word.size() + 1));
    return word;
}

}  // namespace

Status Multiaddr::add(AddressPart part) {
    if (parts_.size() == kMaxParts)
        return fail(Errc::too_large, "the address has more than " + std::to_string(kMaxParts) + " parts");
    STRATA_OK(check_value(row_of(part.protocol), part.value));
    parts_.push_back(std::move(part));
    return {};
}

Result<Multiaddr> Multiaddr::parse(std::string_view text) {
    if (text.size() > kMaxText)
        return fail(Errc::too_large, "the text of the address has " + std::to_string(text.size()) +
                                         " characters, expected at most " + std::to_string(kMaxText));
    if (!text.starts_with('/') || text.size() == 1)
        return fail(Errc::malformed, "the address is '" + std::string(text.substr(0, 100)) +
                                         "', expected /PROTOCOL/VALUE, such as /ip4/127.0.0.1/tcp/1347");
    Multiaddr out;
    text.remove_prefix(1);
    while (!text.empty()) {
        STRATA_TRY(const auto row, row_named(take_word(text)));
        if (row.form != Form::none && text.empty())
            return fail(Errc::malformed, "the address ends after " + std::string(row.name) + ", expected its value");
        AddressPart part{row.protocol, {}};
        if (row.form != Form::none) {
            STRATA_TRY(part.value, parse_value(row, take_word(text)));
        }
        STRATA_OK(out.add(std::move(part)));
    }
    if (out.bytes().size() > kMaxSize)
        return fail(Errc::too_large, "the address has more than " + std::to_string(kMaxSize) + " bytes");
    return out;
}

Result<Multiaddr> Multiaddr::from_bytes(BytesView bytes) {
    if (bytes.empty()) return fail(Errc::malformed, "the address is empty, expected at least one part");
    if (bytes.size() > kMaxSize)
        return fail(Errc::too_large, "the address has " + std::to_string(bytes.size()) + " bytes, expected at most " +
                                         std::to_string(kMaxSize));
    Multiaddr out;
    while (!bytes.empty()) {
        STRATA_TRY(const auto number, take_uvarint(bytes));
        STRATA_TRY(const auto row, row_numbered(number));
        std::uint64_t size = fixed_size(row.form).value_or(0);
        if (!fixed_size(row.form)) {
            STRATA_TRY(size, take_uvarint(bytes));
        }
        if (size > bytes.size()) return Errc::truncated;
        STRATA_OK(out.add({row.protocol, to_bytes(bytes.first(size))}));
        bytes = bytes.subspan(size);
    }
    return out;
}

Multiaddr Multiaddr::of_tcp(BytesView ip, std::uint16_t port) {
    STRATA_CHECK(ip.size() == 4 || ip.size() == 16);
    Bytes number(2);
    store_be(number.data(), port);
    Multiaddr out;
    out.parts_.push_back({ip.size() == 4 ? Protocol::ip4 : Protocol::ip6, to_bytes(ip)});
    out.parts_.push_back({Protocol::tcp, std::move(number)});
    return out;
}

Bytes Multiaddr::bytes() const {
    Bytes out;
    for (const auto& part : parts_) {
        put_uvarint(out, static_cast<std::uint64_t>(part.protocol));
        if (!fixed_size(row_of(part.protocol).form)) put_uvarint(out, part.value.size());
        append(out, part.value);
    }
    return out;
}

std::string Multiaddr::to_string() const {
    std::string out;
    for (const auto& part : parts_) {
        const Row& row = row_of(part.protocol);
        out += "/" + std::string(row.name);
        if (row.form != Form::none) out += "/" + value_text(row, part.value);
    }
    return out;
}

bool Multiaddr::is_tcp() const {
    if (parts_.size() != 2 && (parts_.size() != 3 || parts_[2].protocol != Protocol::p2p)) return false;
    constexpr std::array kHosts{Protocol::ip4, Protocol::ip6, Protocol::dns, Protocol::dns4, Protocol::dns6};
    return parts_[1].protocol == Protocol::tcp && std::ranges::find(kHosts, parts_[0].protocol) != kHosts.end();
}

std::optional<PeerId> Multiaddr::peer() const {
    if (parts_.empty() || parts_.back().protocol != Protocol::p2p) return std::nullopt;
    return PeerId::from_bytes(parts_.back().value).value();  // checked when it was added
}

Multiaddr Multiaddr::without_peer() const {
    Multiaddr out = *this;
    if (peer()) out.parts_.pop_back();
    return out;
}

Multiaddr Multiaddr::with_peer(const PeerId& peer) const {
    Multiaddr out = without_peer();
    out.parts_.push_back({Protocol::p2p, to_bytes(peer.bytes())});
    return out;
}

}  // namespace strata::net
