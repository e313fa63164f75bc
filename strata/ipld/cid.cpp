#include <strata/ipld/cid.hpp>

#include <strata/base/varint.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata {
namespace {

// A CIDv0 is a bare sha2-256 multihash: 0x12 0x20 and 32 bytes (multiformats/cid).
constexpr std::size_t kV0Size = 34;
bool is_v0(BytesView bytes) {
    return bytes.size() >= 2 && bytes[0] == 0x12 && bytes[1] == 0x20;
}

struct Parts {
    std::uint64_t codec;
    std::uint64_t hash;
    BytesView digest;
};

// Takes a CIDv1 off the front: version, codec, hash function, length of the digest, digest.
Result<Parts> split(BytesView& from) {
    STRATA_TRY(const auto version, take_uvarint(from));
    if (version != 1)
        return fail(Errc::malformed, "the version of the CID is " + std::to_string(version) + ", expected 1");
    STRATA_TRY(const auto codec, take_uvarint(from));
    STRATA_TRY(const auto hash, take_uvarint(from));
    STRATA_TRY(const auto size, take_uvarint(from));
    if (size > from.size()) return Errc::truncated;
    const auto digest = from.first(size);
    from = from.subspan(size);
    return Parts{codec, hash, digest};
}

Parts parts_of(BytesView bytes) {
    if (is_v0(bytes))
        return {static_cast<std::uint64_t>(Codec::dag_pb), static_cast<std::uint64_t>(HashCode::sha2_256),
                bytes.subspan(2)};
    auto parts = split(bytes);
    STRATA_CHECK(parts.has_value());
    return *parts;
}

}  // namespace

Cid Cid::v1(Codec codec, HashCode hash, BytesView digest) {
    Bytes bytes;
    bytes.reserve(kMaxSize);
    bytes.push_back(1);
    put_uvarint(bytes, static_cast<std::uint64_t>(codec));
    put_uvarint(bytes, static_cast<std::uint64_t>(hash));
    put_uvarint(bytes, digest.size());
    append(bytes, digest);
    STRATA_CHECK(bytes.size() <= kMaxSize);
    Cid cid;
    std::ranges::copy(bytes, cid.bytes_.begin());
    cid.size_ = static_cast<std::uint8_t>(bytes.size());
    return cid;
}

Cid Cid::hash_of(Codec codec, BytesView data) {
    return v1(codec, HashCode::blake2b_256, crypto::blake2b_256(data));
}

Result<Cid> Cid::take(BytesView& from) {
    const auto before = from;
    if (is_v0(from)) {
        if (from.size() < kV0Size) return Errc::truncated;
        from = from.subspan(kV0Size);
    } else {
        // split() moves past the CID; its bytes are kept as they are.
        STRATA_OK(split(from));
    }
    const auto used = before.first(before.size() - from.size());
    if (used.size() > kMaxSize)
        return fail(Errc::too_large, "the CID has " + std::to_string(used.size()) + " bytes, expected at most " +
                                         std::to_string(kMaxSize));
    Cid cid;
    std::ranges::copy(used, cid.bytes_.begin());
    cid.size_ = static_cast<std::uint8_t>(used.size());
    return cid;
}

Result<Cid> Cid::from_bytes(BytesView bytes) {
    STRATA_TRY(const Cid cid, take(bytes));
    if (!bytes.empty()) return Errc::trailing;
    return cid;
}

Result<Cid> Cid::parse(std::string_view text) {
    // In base58btc, 34 bytes that begin with 0x12 0x20 are always 46 digits that begin with Qm.
    if (text.size() == 46 && text.starts_with("Qm")) {
        STRATA_TRY(const Bytes bytes, from_base58btc(text));
        return from_bytes(bytes);
    }
    STRATA_TRY(const Bytes bytes, multibase_decode(text));
    if (is_v0(bytes)) return fail(Errc::malformed, "a CIDv0 has a multibase prefix, expected none");
    return from_bytes(bytes);
}

Cid Cid::constant(std::string_view text) {
    auto cid = parse(text);
    STRATA_CHECK(cid.has_value());
    return *cid;
}

std::string Cid::to_string() const {
    if (!defined()) return "(undefined CID)";
    return version() == 0 ? to_base58btc(bytes()) : "b" + to_base32(bytes());
}
unsigned Cid::version() const {
    return is_v0(bytes()) ? 0 : 1;
}
Codec Cid::codec() const {
    return static_cast<Codec>(parts_of(bytes()).codec);
}
HashCode Cid::hash() const {
    return static_cast<HashCode>(parts_of(bytes()).hash);
}
BytesView Cid::digest() const {
    return parts_of(bytes()).digest;
}

Result<bool> Cid::matches(BytesView data) const {
    switch (hash()) {
        case HashCode::identity:
            return equal(digest(), data);
        case HashCode::sha2_256:
            return equal(digest(), crypto::sha256(data));
        case HashCode::sha2_512:
            return equal(digest(), crypto::sha512(data));
        case HashCode::keccak_256:
            return equal(digest(), crypto::keccak_256(data));
        case HashCode::ripemd_160:
            return equal(digest(), crypto::ripemd_160(data));
        case HashCode::blake2b_256:
            return equal(digest(), crypto::blake2b_256(data));
        case HashCode::blake2b_512:
            return equal(digest(), crypto::blake2b_512(data));
        default:
            return fail(Errc::unsupported, "the CID " + to_string() + " has the hash function " +
                                               std::to_string(static_cast<std::uint64_t>(hash())) +
                                               ", expected identity, SHA-2, Keccak-256, RIPEMD-160 or BLAKE2b");
    }
}

std::size_t CidHash::operator()(const Cid& cid) const noexcept {
    // The last bytes belong to the digest and are evenly spread, so they are a good hash.
    const auto bytes = cid.bytes();
    return bytes.size() < 8 ? 0 : load_le<std::uint64_t>(bytes.data() + bytes.size() - 8);
}

}  // namespace strata
