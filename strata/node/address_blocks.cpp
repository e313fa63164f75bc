#include <strata/node/address_blocks.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace strata::node {
namespace {

constexpr unsigned kMapped = 12;  // bytes before an IPv4 address within IPv6 (RFC 4291 §2.5.5.2)

bool is_mapped(const Bytes& ip) {
    return ip.size() == 16 && std::all_of(ip.begin(), ip.begin() + 10, [](auto byte) { return byte == 0; }) &&
           ip[10] == 0xff && ip[11] == 0xff;
}

Bytes without_mapping(Bytes ip) {
    return is_mapped(ip) ? Bytes(ip.begin() + kMapped, ip.end()) : ip;
}

std::optional<Bytes> parse_ip(const std::string& text) {
    Bytes ip(16);
    if (::inet_pton(AF_INET6, text.c_str(), ip.data()) == 1) return ip;
    ip.resize(4);
    if (::inet_pton(AF_INET, text.c_str(), ip.data()) == 1) return ip;
    return std::nullopt;
}

std::string text_of(const Bytes& ip) {
    std::array<char, INET6_ADDRSTRLEN> out{};
    ::inet_ntop(ip.size() == 4 ? AF_INET : AF_INET6, ip.data(), out.data(), out.size());
    return out.data();
}

void keep_prefix(Bytes& ip, unsigned bits) {
    for (unsigned bit = bits; bit < ip.size() * 8; ++bit)
        ip[bit / 8] = static_cast<std::uint8_t>(ip[bit / 8] & ~(0x80U >> (bit % 8)));
}

}  // namespace

Status AddressBlocks::add_address(const std::string& text) {
    const auto ip = parse_ip(text);
    if (!ip) return fail(Errc::invalid_argument, "error parsing IP address " + text);
    Bytes plain = without_mapping(*ip);
    const auto bits = static_cast<unsigned>(plain.size() * 8);
    subnets_.insert({std::move(plain), bits, true});
    return {};
}

Status AddressBlocks::add_subnet(const std::string& text) {
    const auto wrong = [&] {
        return fail(Errc::invalid_argument, "error parsing subnet " + text + ": invalid CIDR address");
    };
    const auto slash = text.find('/');
    if (slash == std::string::npos) return wrong();
    auto ip = parse_ip(text.substr(0, slash));
    unsigned bits = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, bits);
    if (!ip || read.ec != std::errc() || read.ptr != end || bits > ip->size() * 8) return wrong();
    keep_prefix(*ip, bits);
    // Go's net.IPNet takes an IPv4 network within IPv6 for that of IPv4, too (net/ip.go networkNumberAndMask).
    if (is_mapped(*ip)) bits -= kMapped * 8;
    subnets_.insert({without_mapping(std::move(*ip)), bits, false});
    return {};
}

void AddressBlocks::add(const AddressBlocks& other) {
    subnets_.insert(other.subnets_.begin(), other.subnets_.end());
}
void AddressBlocks::remove(const AddressBlocks& other) {
    for (const auto& subnet : other.subnets_) subnets_.erase(subnet);
}

bool AddressBlocks::contains(const net::Multiaddr& address) const {
    if (address.empty()) return false;
    const auto& first = address.parts().front();
    if (first.protocol != net::Protocol::ip4 && first.protocol != net::Protocol::ip6) return false;
    const Bytes ip = without_mapping(first.value);
    return std::ranges::any_of(subnets_, [&](const Subnet& subnet) {
        if (subnet.ip.size() != ip.size()) return false;
        Bytes prefix = ip;
        keep_prefix(prefix, subnet.bits);
        return prefix == subnet.ip;
    });
}

std::vector<std::string> AddressBlocks::addresses() const {
    std::vector<std::string> out;
    for (const auto& subnet : subnets_)
        if (subnet.is_single) out.push_back(text_of(subnet.ip));
    return out;
}
std::vector<std::string> AddressBlocks::subnets() const {
    std::vector<std::string> out;
    for (const auto& subnet : subnets_)
        if (!subnet.is_single) out.push_back(text_of(subnet.ip) + "/" + std::to_string(subnet.bits));
    return out;
}

}  // namespace strata::node
