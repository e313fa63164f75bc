#pragma once
// An address, f0 to f4, as bytes, as a string and in CBOR (a byte string). Source: docs/protocol/fvm.md §1.2; ref-fvm
// shared/src/address.
#include <strata/ipld/cbor.hpp>

namespace strata {

using ActorId = std::uint64_t;

class Address {
  public:
    enum class Protocol : std::uint8_t { id = 0, secp256k1 = 1, actor = 2, bls = 3, delegated = 4 };
    static constexpr std::size_t kMaxSize = 65;

    /// Makes the undefined address, which has no bytes and is not allowed in state.
    Address() = default;
    static Address id(ActorId id);
    /// Makes the f1 address of an uncompressed public key of 65 bytes.
    static Address secp256k1(BytesView public_key);
    static Address actor(BytesView seed);
    /// Makes the f3 address of a compressed G1 public key of 48 bytes.
    static Address bls(BytesView public_key);
    /// Makes an f4 address. `subaddress` has 0..54 bytes (checked).
    static Address delegated(ActorId space, BytesView subaddress);

    /// Decodes an address. IDs and namespaces may have 64 bits, as actors accept them; messages and headers allow 63
    /// (kMaxWireId).
    static Result<Address> from_bytes(BytesView bytes);
    /// Reads "f…" or "t…". IDs and namespaces have at most 63 bits, because a node reads such strings only outside the
    /// VM.
    static Result<Address> parse(std::string_view text);
    static Address constant(std::string_view text);

    bool defined() const { return size_ != 0; }
    Protocol protocol() const { return static_cast<Protocol>(bytes_[0]); }
    BytesView bytes() const { return {bytes_.data(), size_}; }
    BytesView payload() const { return bytes().subspan(1); }
    /// Returns the ID of an f0 address; empty for other protocols.
    std::optional<ActorId> as_id() const;
    /// Returns the namespace of an f4 address, which is its address manager's ID; empty for other protocols.
    std::optional<ActorId> delegated_space() const;
    /// Returns the payload; for an f4 address, without the namespace.
    BytesView subaddress() const;
    /// Returns true for the f3 address of the identity, a key that nobody has. It receives nothing and never becomes an
    /// account (lotus buildconstants.ZeroAddress; docs/protocol/fvm.md §1.2).
    bool is_zero_bls() const;
    /// Returns the address as a string; empty for the undefined address. `prefix` is 'f' on mainnet and 't' elsewhere.
    std::string to_string(char prefix = 'f') const;

    void to_cbor(CborWriter& w) const { w.bytes(bytes()); }
    static Result<Address> read_cbor(CborReader& r);

    friend bool operator==(const Address& a, const Address& b) { return equal(a.bytes(), b.bytes()); }
    friend std::strong_ordering operator<=>(const Address& a, const Address& b) {
        return std::lexicographical_compare_three_way(a.bytes().begin(), a.bytes().end(), b.bytes().begin(),
                                                      b.bytes().end());
    }

  private:
    Address(Protocol protocol, BytesView payload);
    ByteArray<kMaxSize> bytes_{};
    std::uint8_t size_ = 0;
};

template <class K>
struct KeyCodec;  // ipld/key.hpp
template <>
struct KeyCodec<Address> {
    static Bytes encode(const Address& key) { return to_bytes(key.bytes()); }
    static Result<Address> decode(BytesView key) { return Address::from_bytes(key); }
};

/// The largest ID of an f0 address and the largest namespace of an f4 address that a Go node decodes (go-address:
/// math.MaxInt64). Lotus cannot read a message or header with a larger one, so the limit is a rule of the chain.
inline constexpr std::uint64_t kMaxWireId = 0x7fff'ffff'ffff'ffff;

/// Checks the ID or namespace of an address. Errors: malformed if the number exceeds kMaxWireId. The undefined address
/// passes.
Status check_wire_address(const Address& address);

/// The ID of the EAM, which is the namespace of Ethereum addresses.
inline constexpr ActorId kEamId = 10;

}  // namespace strata
