#pragma once
// IP addresses and subnets that a node does not want to be connected with. One thread. Source: go-libp2p
// p2p/net/conngater; Go's net.ParseIP and net.ParseCIDR.
#include <set>

#include <strata/net/multiaddr.hpp>

namespace strata::node {

class AddressBlocks {
  public:
    /// Reads an IPv4 or IPv6 address. Errors: invalid_argument.
    Status add_address(const std::string& text);
    /// Reads ADDRESS/BITS; bits of the address behind the prefix are ignored. Errors: invalid_argument.
    Status add_subnet(const std::string& text);
    void add(const AddressBlocks& other);
    void remove(const AddressBlocks& other);

    bool empty() const { return subnets_.empty(); }
    /// Returns true if the address begins with a blocked IP address. IPv4 within IPv6 counts as IPv4.
    bool contains(const net::Multiaddr& address) const;
    std::vector<std::string> addresses() const;
    /// The subnets in CIDR notation, without single addresses.
    std::vector<std::string> subnets() const;

  private:
    /// The first `bits` of an address; a single address has all of them.
    struct Subnet {
        Bytes ip;  // 4 or 16 bytes; 0 behind the prefix
        unsigned bits = 0;
        bool is_single = false;  // given as an address, and listed as one
        friend auto operator<=>(const Subnet&, const Subnet&) = default;
    };
    std::set<Subnet> subnets_;
};

}  // namespace strata::node
