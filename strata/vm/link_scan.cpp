#include <strata/vm/link_scan.hpp>

namespace strata::vm {
namespace {

using Failed = std::unexpected<ErrorNumber>;

// The reference reads a link as a Cid with room for 64 bytes of digest (ref-fvm fvm/src/ipld/cbor.rs).
constexpr std::size_t kMaxDigest = 64;
// An inline link takes at least six bytes of the digest that holds it, so kMaxDigest bounds the depth to 11 already.
constexpr unsigned kMaxInlineDepth = 32;

bool is_ignored(Codec codec) {
    return codec == Codec::commitment_sealed || codec == Codec::commitment_unsealed;
}
bool is_allowed(Codec codec) {
    return codec == Codec::raw || codec == Codec::cbor || codec == Codec::dag_cbor;
}

struct Head {
    unsigned major;
    std::uint64_t value;
};

// Reads the head of a CBOR item; empty if the bytes end or the head is not valid.
std::optional<Head> take_head(BytesView& rest) {
    if (rest.empty()) return std::nullopt;
    const unsigned major = rest[0] >> 5;
    const unsigned info = rest[0] & 31;
    rest = rest.subspan(1);
    if (info < 24) return Head{major, info};
    if (info > 27) return std::nullopt;  // a reserved number, or an item of indefinite length
    const std::size_t size = std::size_t{1} << (info - 24);
    if (rest.size() < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | rest[i];
    rest = rest.subspan(size);
    return Head{major, value};
}

std::expected<void, ErrorNumber> scan_into(Scan& scan, BytesView data, unsigned depth);

std::expected<void, ErrorNumber> take_link(Scan& scan, BytesView& rest, unsigned depth) {
    ++scan.cids;
    // A link is a byte string with a leading zero byte, the multibase prefix of a binary CID.
    const auto head = take_head(rest);
    if (!head || head->major != 2 || head->value > rest.size() || head->value == 0 || rest[0] != 0)
        return Failed(ErrorNumber::serialization);
    const auto cid = Cid::from_bytes(rest.subspan(1, head->value - 1));
    if (!cid || cid->digest().size() > kMaxDigest) return Failed(ErrorNumber::serialization);
    rest = rest.subspan(head->value);
    if (is_ignored(cid->codec())) return {};
    if (!is_allowed(cid->codec())) return Failed(ErrorNumber::not_found);
    if (cid->hash() == HashCode::identity) {
        if (cid->codec() != Codec::dag_cbor) return {};
        return scan_into(scan, cid->digest(), depth + 1);
    }
    if (cid->hash() != HashCode::blake2b_256 || cid->digest().size() != 32) return Failed(ErrorNumber::not_found);
    scan.links.push_back(*cid);
    return {};
}

std::expected<void, ErrorNumber> scan_into(Scan& scan, BytesView data, unsigned depth) {
    if (depth > kMaxInlineDepth) return Failed(ErrorNumber::serialization);
    // The loop counts the announced items instead of recursing, because actors choose how deeply their blocks nest.
    std::uint64_t pending = 1;
    while (pending > 0) {
        --pending;
        ++scan.fields;
        const auto head = take_head(data);
        if (!head) return Failed(ErrorNumber::serialization);
        switch (head->major) {
            case 2:  // a byte string
            case 3:  // a string
                if (head->value > data.size()) return Failed(ErrorNumber::serialization);
                data = data.subspan(head->value);
                break;
            case 4:    // an array
            case 5: {  // a map, which has two items for each entry
                // If more items are announced than exist, the scan fails where the bytes end, after it has counted the
                // items up to there.
                const std::uint64_t per_entry = head->major == 5 ? 2U : 1U;
                std::uint64_t items = 0;
                if (__builtin_mul_overflow(head->value, per_entry, &items) ||
                    __builtin_add_overflow(pending, items, &pending))
                    return Failed(ErrorNumber::serialization);
                break;
            }
            case 6:  // a tag, which an item follows; tag 42 is a link
                if (head->value == 42) {
                    if (auto done = take_link(scan, data, depth); !done) return done;
                } else {
                    ++pending;
                }
                break;
            default:
                break;  // integers, simple values and floats consist of their head
        }
    }
    if (!data.empty()) return Failed(ErrorNumber::serialization);
    return {};
}

}  // namespace

Scan scan_links(Codec codec, BytesView data) {
    Scan scan;
    if (codec != Codec::dag_cbor) return scan;
    if (const auto done = scan_into(scan, data, 0); !done) scan.failure = done.error();
    return scan;
}

}  // namespace strata::vm
