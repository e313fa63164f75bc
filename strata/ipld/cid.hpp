#pragma once
// A content identifier. A Cid is a value that holds its canonical bytes, at most 120, inline. Source: multiformats/cid,
// docs/protocol/fvm.md §1.3. The text form is written by ipld/multibase.hpp.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

enum class Codec : std::uint64_t {
    raw = 0x55,
    cbor = 0x51,
    dag_pb = 0x70,
    dag_cbor = 0x71,
    dag_json = 0x0129,
    commitment_unsealed = 0xf101,
    commitment_sealed = 0xf102,
};

enum class HashCode : std::uint64_t {
    identity = 0x00,
    sha2_256 = 0x12,
    sha2_512 = 0x13,
    keccak_256 = 0x1b,
    ripemd_160 = 0x1053,
    blake2b_256 = 0xb220,
    blake2b_512 = 0xb240,
    sha2_256_trunc254_padded = 0x1012,
    poseidon_bls12_381_a2_fc1 = 0xb401,
};

class Cid {
  public:
    static constexpr std::size_t kMaxSize = 120;

    /// Makes the undefined CID, which has no bytes and is never encoded into state.
    Cid() = default;
    /// Makes a CIDv1, which must have at most kMaxSize bytes (checked).
    static Cid v1(Codec codec, HashCode hash, BytesView digest);
    /// Makes the CIDv1 with the blake2b-256 of `data`, as for every block of state.
    static Cid hash_of(Codec codec, BytesView data);
    /// Reads one binary CID (v0 or v1) and moves `from` past it.
    static Result<Cid> take(BytesView& from);
    /// Reads a binary CID that is the whole input.
    static Result<Cid> from_bytes(BytesView bytes);
    /// Reads the text form: v1 in any multibase that ipld/multibase.hpp reads, v0 in base58btc.
    static Result<Cid> parse(std::string_view text);
    static Cid constant(std::string_view text);

    bool defined() const { return size_ != 0; }
    BytesView bytes() const { return {bytes_.data(), size_}; }
    /// Returns the text form: v1 in lower-case base32, v0 in base58btc.
    std::string to_string() const;
    unsigned version() const;  // 0 or 1
    Codec codec() const;
    HashCode hash() const;
    BytesView digest() const;
    /// Returns true if `data` hashes to this CID. Errors: unsupported for hash functions that crypto/hash.hpp does not
    /// have.
    Result<bool> matches(BytesView data) const;

    friend bool operator==(const Cid& a, const Cid& b) { return equal(a.bytes(), b.bytes()); }
    friend std::strong_ordering operator<=>(const Cid& a, const Cid& b) {
        return std::lexicographical_compare_three_way(a.bytes().begin(), a.bytes().end(), b.bytes().begin(),
                                                      b.bytes().end());
    }

  private:
    ByteArray<kMaxSize> bytes_{};
    std::uint8_t size_ = 0;
};

/// Hashes a CID for unordered containers outside consensus code.
struct CidHash {
    std::size_t operator()(const Cid& cid) const noexcept;
};

}  // namespace strata
