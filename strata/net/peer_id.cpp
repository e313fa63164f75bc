#include <strata/net/peer_id.hpp>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/cid.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata::net {
namespace {

constexpr Codec kLibp2pKey{0x72};  // multiformats/multicodec table.csv
constexpr std::size_t kHeader = 2;
constexpr auto kIdentity = static_cast<std::uint8_t>(HashCode::identity);
constexpr auto kSha256 = static_cast<std::uint8_t>(HashCode::sha2_256);

Bytes multihash(std::uint8_t hash, BytesView digest) {
    Bytes out{hash, static_cast<std::uint8_t>(digest.size())};
    append(out, digest);
    return out;
}

}  // namespace

PeerId::PeerId(BytesView multihash) : size_(static_cast<std::uint8_t>(multihash.size())) {
    std::ranges::copy(multihash, bytes_.begin());
}

PeerId PeerId::of(const PublicKey& key) {
    const Bytes message = key.encode();
    return PeerId(message.size() <= kMaxInlineKey ? multihash(kIdentity, message)
                                                  : multihash(kSha256, crypto::sha256(message)));
}

Result<PeerId> PeerId::from_bytes(BytesView multihash) {
    const std::size_t size = multihash.size();
    const bool complete = size > kHeader && multihash[1] == size - kHeader;
    const bool known = complete && ((multihash[0] == kIdentity && multihash[1] <= kMaxInlineKey) ||
                                    (multihash[0] == kSha256 && multihash[1] == sizeof(Hash256)));
    if (!known)
        return fail(Errc::malformed, "the " + std::to_string(size) +
                                         " bytes are not a peer identifier, expected a sha2-256 multihash or an "
                                         "identity multihash of at most " +
                                         std::to_string(kMaxInlineKey) + " bytes");
    return PeerId(multihash);
}

Result<PeerId> PeerId::parse(std::string_view text) {
    if (text.starts_with("1") || text.starts_with("Qm")) {
        STRATA_TRY(const auto bytes, from_base58btc(text));
        return from_bytes(bytes);
    }
    STRATA_TRY(const auto cid, Cid::parse(text));
    if (cid.version() != 1 || cid.codec() != kLibp2pKey)
        return fail(Errc::malformed, "the CID of a peer has version " + std::to_string(cid.version()) + " and codec " +
                                         std::to_string(static_cast<std::uint64_t>(cid.codec())) +
                                         ", expected version 1 and codec 114 (libp2p-key)");
    const auto digest = cid.digest();
    if (digest.size() > UINT8_MAX || static_cast<std::uint64_t>(cid.hash()) > UINT8_MAX)
        return fail(Errc::unsupported, "the CID of a peer has a hash function that peers do not use");
    return from_bytes(multihash(static_cast<std::uint8_t>(cid.hash()), digest));
}

std::string PeerId::to_string() const {
    return to_base58btc(bytes());
}

Result<std::optional<PublicKey>> PeerId::inline_key() const {
    if (bytes_[0] != kIdentity) return std::optional<PublicKey>{};
    STRATA_TRY(auto key, PublicKey::decode(bytes().subspan(kHeader)));
    return std::optional(std::move(key));
}

}  // namespace strata::net
