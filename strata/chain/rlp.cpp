#include <strata/chain/rlp.hpp>

namespace strata::chain {
namespace {

constexpr std::size_t kLongestShort = 55;  // content up to this length has its length in the first byte

Error wrong(const std::string& what) {
    return fail(Errc::malformed, "RLP: " + what);
}

}  // namespace

// Reads a length of `size_bytes` bytes, which must not fit into the first byte of an item.
Result<std::size_t> RlpReader::length(std::size_t size_bytes) {
    if (size_bytes > rest_.size())
        return wrong("a length of " + std::to_string(size_bytes) + " bytes begins where " +
                     std::to_string(rest_.size()) + " bytes are left");
    if (rest_[0] == 0) return wrong("a length has leading zeros, expected none");
    std::uint64_t out = 0;
    for (const auto byte : rest_.first(size_bytes)) out = out << 8 | byte;
    if (out <= kLongestShort)
        return wrong("a length of " + std::to_string(out) + " is written in the form for those above 55");
    rest_ = rest_.subspan(size_bytes);
    return out;
}

Result<RlpReader::Item> RlpReader::next() {
    if (rest_.empty()) return wrong("the data ends where an item is expected");
    const std::uint8_t first = rest_[0];
    if (first < 0x80) {
        const Item out{false, rest_.first(1)};
        rest_ = rest_.subspan(1);
        return out;
    }
    rest_ = rest_.subspan(1);
    const bool is_list = first >= 0xc0;
    const unsigned code = first - (is_list ? 0xc0U : 0x80U);
    std::size_t size = code;
    if (code > kLongestShort) {
        STRATA_TRY(size, length(code - kLongestShort));
    }
    if (size > rest_.size())
        return wrong("an item has " + std::to_string(size) + " bytes, and " + std::to_string(rest_.size()) +
                     " are left");
    const Item out{is_list, rest_.first(size)};
    if (!is_list && size == 1 && out.content[0] < 0x80)
        return wrong("the byte " + std::to_string(out.content[0]) + " has a length, expected the byte alone");
    rest_ = rest_.subspan(size);
    return out;
}

Result<BytesView> RlpReader::bytes() {
    STRATA_TRY(const Item item, next());
    if (item.is_list) return wrong("got a list, expected a byte string");
    return item.content;
}

Result<RlpReader> RlpReader::list() {
    STRATA_TRY(const Item item, next());
    if (!item.is_list) return wrong("got a byte string, expected a list");
    return RlpReader(item.content);
}

Result<BigInt> RlpReader::number(std::size_t max_bytes) {
    STRATA_TRY(const BytesView content, bytes());
    if (content.size() > max_bytes)
        return wrong("a number has " + std::to_string(content.size()) + " bytes, expected at most " +
                     std::to_string(max_bytes));
    if (!content.empty() && content[0] == 0) return wrong("a number has leading zeros, expected none");
    return BigInt::from_be(content);
}

Result<std::uint64_t> RlpReader::u64() {
    STRATA_TRY(const BigInt value, number(sizeof(std::uint64_t)));
    return value.to_u64();
}

}  // namespace strata::chain
