#include <strata/ipld/link_scan.hpp>

namespace strata {
namespace {

// Major types of CBOR (RFC 8949 §3.1), and the tag of a link (DAG-CBOR).
constexpr unsigned kBytes = 2;
constexpr unsigned kText = 3;
constexpr unsigned kTag = 6;
constexpr std::uint64_t kLinkTag = 42;
constexpr unsigned kIndefinite = 31;

struct Head {
    unsigned major = 0;
    std::uint64_t value = 0;
};

Result<Head> take_head(BytesView& rest) {
    const unsigned first = rest[0];
    rest = rest.subspan(1);
    const unsigned info = first & 31U;
    Head out{.major = first >> 5U, .value = info};
    if (info < 24 || info == kIndefinite) {
        // The pieces of a string, and the end of an array or map, follow as items of their own.
        if (info == kIndefinite) out.value = 0;
        return out;
    }
    if (info > 27) return fail(Errc::malformed, "a CBOR head has the reserved length " + std::to_string(info));
    const std::size_t size = std::size_t{1} << (info - 24);
    if (rest.size() < size) return fail(Errc::truncated, "the block ends inside a CBOR head");
    out.value = 0;
    for (const auto byte : rest.first(size)) out.value = (out.value << 8U) | byte;
    rest = rest.subspan(size);
    return out;
}

}  // namespace

Status scan_links(BytesView block, std::vector<Cid>& links) {
    bool is_link = false;
    while (!block.empty()) {
        STRATA_TRY(const Head head, take_head(block));
        if (is_link && head.major != kBytes) return fail(Errc::malformed, "a link is not a CBOR byte string");
        if (head.major == kBytes || head.major == kText) {
            if (head.value > block.size()) return fail(Errc::truncated, "the block ends inside a CBOR string");
            const auto string = block.first(head.value);
            block = block.subspan(head.value);
            if (is_link) {
                if (string.empty() || string[0] != 0) return fail(Errc::malformed, "a link does not begin with 0x00");
                STRATA_TRY(links.emplace_back(), Cid::from_bytes(string.subspan(1)));
            }
        }
        is_link = head.major == kTag && head.value == kLinkTag;
    }
    return {};
}

}  // namespace strata
