#include <strata/ipld/cbor.hpp>

#include <strata/base/utf8.hpp>

namespace strata {
namespace {

constexpr unsigned kMaxDepth = 128;
constexpr unsigned kMaxOfficialDepth = 256;   // cbor4ii 0.2.14 src/core/utils.rs: SliceReader::new
constexpr unsigned kIndefinite = 31;          // the low bits of a head without a length
constexpr std::uint8_t kBreak = 0xff;         // ends an item of indefinite length
constexpr std::size_t kMaxBigIntBytes = 128;  // ref-fvm shared/src/bigint: MAX_BIGINT_SIZE
constexpr std::uint64_t kLinkTag = 42;
// Simple values (RFC 8949 §3.3).
constexpr std::uint64_t kFalse = 20;
constexpr std::uint64_t kTrue = 21;
constexpr std::uint64_t kNull = 22;

Error above_limit(std::string_view what, std::uint64_t length, std::uint64_t limit) {
    return fail(Errc::too_large, "a CBOR " + std::string(what) + " has length " + std::to_string(length) +
                                     ", expected at most " + std::to_string(limit));
}
/// Returns the name of a major type with its article, for a message (RFC 8949 §3.1).
std::string type_name(unsigned major) {
    constexpr std::string_view kNames[] = {
        "an unsigned integer",    "a negative integer", "a byte string", "a text string", "an array", "a map", "a tag",
        "a simple value or float"};
    return std::string(kNames[major]);
}
Error wrong_type(unsigned major, std::string_view expected) {
    return fail(Errc::malformed, "a CBOR item is " + type_name(major) + ", expected " + std::string(expected));
}
Error ends_early() {
    return fail(Errc::truncated, "the CBOR data end inside an item");
}

}  // namespace

// Writes the shortest form (RFC 8949 §3): values below 24 fit into the first byte; 24 to 27 there say that the value
// follows in 1, 2, 4 or 8 bytes.
void CborWriter::head(std::uint8_t major, std::uint64_t value) {
    const auto type = static_cast<std::uint8_t>(major << 5);
    if (value < 24) {
        out_.push_back(static_cast<std::uint8_t>(type | value));
        return;
    }
    const unsigned log = value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
    out_.push_back(static_cast<std::uint8_t>(type | (24 + log)));
    for (unsigned i = 1U << log; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void CborWriter::integer(std::int64_t value) {
    if (value >= 0) return head(0, static_cast<std::uint64_t>(value));
    head(1, static_cast<std::uint64_t>(-(value + 1)));
}
void CborWriter::bytes(BytesView value) {
    head(2, value.size());
    append(out_, value);
}
void CborWriter::text(std::string_view value) {
    head(3, value.size());
    append(out_, as_bytes(value));
}
void CborWriter::link(const Cid& cid) {
    STRATA_CHECK(cid.defined());
    tag(kLinkTag);
    head(2, cid.bytes().size() + 1);
    out_.push_back(0);  // the multibase prefix of binary (DAG-CBOR specification, "Links")
    append(out_, cid.bytes());
}
void CborWriter::bigint(const BigInt& value) {
    if (value.is_zero()) return head(2, 0);
    const Bytes magnitude = value.magnitude_be();
    head(2, magnitude.size() + 1);
    out_.push_back(value.is_negative() ? 1 : 0);
    append(out_, magnitude);
}

// The first byte holds the major type in its high three bits, and in the others either a small value or the size of the
// value that follows. For major type 7 the low bits are read as a simple value, and nothing is read after them.
Result<CborReader::Head> CborReader::head(std::size_t widest) {
    if (rest_.empty()) return ends_early();
    const unsigned major = rest_[0] >> 5;
    const unsigned info = rest_[0] & 31;
    rest_ = rest_.subspan(1);
    if (major == 7) return Head{major, info};
    if (info < 24) return Head{major, info};
    if (info > 27)
        return fail(Errc::malformed, "the additional information of a CBOR head is " + std::to_string(info) +
                                         " (an indefinite or reserved length), expected 0 to 27");
    const std::size_t size = std::size_t{1} << (info - 24);
    if (size > widest) return Errc::out_of_range;
    if (rest_.size() < size) return ends_early();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | rest_[i];
    rest_ = rest_.subspan(size);
    // The least value that needs this many bytes: 24, 2^8, 2^16 or 2^32.
    const std::uint64_t least = info == 24 ? 24 : std::uint64_t{1} << (4 * size);
    if (value < least && rules_ == CborRules::canonical)
        return fail(Errc::non_canonical, "a CBOR head is not in its shortest form");
    return Head{major, value};
}
Result<std::uint64_t> CborReader::expect(unsigned major, std::size_t widest) {
    STRATA_TRY(const auto h, head(widest));
    const bool official = rules_ == CborRules::reference;
    const bool right = official ? (h.major & ~major) == 0 : h.major == major;
    if (!right) return wrong_type(h.major, type_name(major));
    return h.value;
}
Status CborReader::enter() {
    ++depth_;
    if (rules_ == CborRules::reference && depth_ > kMaxOfficialDepth)
        return fail(Errc::too_large, "the CBOR is nested deeper than 256 levels");
    return {};
}
// Reads a byte or text string (major type 2 or 3).
Result<BytesView> CborReader::string(unsigned major) {
    if (rules_ == CborRules::reference && !rest_.empty() && rest_[0] == (major << 5 | kIndefinite)) {
        Bytes whole;
        STRATA_OK(append_pieces(major, whole));
        return joined_.emplace_back(std::move(whole));
    }
    STRATA_TRY(const auto length, expect(major));
    if (major == 2 && length > limits_.bytes) return above_limit("byte string", length, limits_.bytes);
    if (length > rest_.size()) return ends_early();
    const auto out = rest_.first(length);
    rest_ = rest_.subspan(length);
    return out;
}
// Each piece is a string, which may itself be in pieces; the official reader allows that.
Status CborReader::append_pieces(unsigned major, Bytes& out) {
    if (rest_.empty() || rest_[0] != (major << 5 | kIndefinite)) {
        STRATA_TRY(const auto piece, string(major));
        append(out, piece);
        return {};
    }
    rest_ = rest_.subspan(1);
    while (!rest_.empty() && rest_[0] != kBreak) {
        STRATA_OK(enter());
        STRATA_OK(append_pieces(major, out));
        leave();
    }
    if (rest_.empty()) return ends_early();
    rest_ = rest_.subspan(1);
    return {};
}
Result<std::uint64_t> CborReader::uint(std::size_t widest) {
    return expect(0, widest);
}
Result<std::int64_t> CborReader::integer(std::size_t widest) {
    STRATA_TRY(const auto h, head(widest));
    if (h.major > 1) return wrong_type(h.major, "an integer");
    if (h.value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return Errc::out_of_range;
    // Major type 1 stands for -1 - n.
    const auto value = static_cast<std::int64_t>(h.value);
    return h.major == 0 ? value : -1 - value;
}
Result<BytesView> CborReader::bytes() {
    return string(2);
}
Result<std::string_view> CborReader::text() {
    STRATA_TRY(const auto content, string(3));
    const auto out = as_text(content);
    if (!is_utf8(out)) return fail(Errc::malformed, "a CBOR text string is not valid UTF-8");
    return out;
}
Result<std::uint64_t> CborReader::array() {
    STRATA_TRY(const auto length, expect(4));
    if (length > limits_.items) return above_limit("array", length, limits_.items);
    // Each entry takes at least a byte, so a caller may reserve memory for this length.
    if (length > rest_.size()) return ends_early();
    return length;
}
Result<std::uint64_t> CborReader::map() {
    STRATA_TRY(const auto length, expect(5));
    if (length > rest_.size() / 2) return ends_early();
    return length;
}
Result<std::uint64_t> CborReader::tag() {
    return expect(6);
}
Result<bool> CborReader::boolean() {
    STRATA_TRY(const auto h, head());
    if (h.major != 7 || (h.value != kFalse && h.value != kTrue)) return wrong_type(h.major, "a boolean");
    return h.value == kTrue;
}
Status CborReader::null() {
    STRATA_TRY(const auto h, head());
    if (h.major != 7 || h.value != kNull) return wrong_type(h.major, "null");
    return {};
}
Result<Cid> CborReader::link() {
    STRATA_TRY(const auto number, tag());
    if (number != kLinkTag)
        return fail(Errc::malformed, "a CBOR tag is " + std::to_string(number) + ", expected 42, which marks a link");
    STRATA_TRY(const auto major, peek_major());
    if (major != 2) return wrong_type(major, type_name(2));
    STRATA_TRY(const auto content, bytes());
    if (content.empty() || content[0] != 0)
        return fail(Errc::malformed, "a CBOR link does not begin with the byte 0, the prefix of a binary CID");
    auto cid = content.subspan(1);
    // The official actors ignore what follows the CID (crate cid 0.11.3 src/cid.rs: TryFrom<&[u8]>).
    return rules_ == CborRules::reference ? Cid::take(cid) : Cid::from_bytes(cid);
}
Result<BigInt> CborReader::bigint() {
    STRATA_TRY(const auto content, bytes());
    if (content.empty()) return BigInt(0);
    if (content.size() > kMaxBigIntBytes) return above_limit("big integer", content.size(), kMaxBigIntBytes);
    if (content[0] > 1)
        return fail(Errc::malformed,
                    "the sign byte of a big integer is " + std::to_string(content[0]) + ", expected 0 or 1");
    // As in the reference, leading zeros of the magnitude are accepted (go-state-types big/int.go FromBytes).
    auto value = BigInt::from_be(content.subspan(1));
    return content[0] == 1 ? -value : value;
}
Result<unsigned> CborReader::peek_major() const {
    if (rest_.empty()) return ends_early();
    return rest_[0] >> 5;
}
Status CborReader::tuple(std::uint64_t length) {
    STRATA_TRY(const auto got, array());
    if (got != length)
        return fail(Errc::malformed,
                    "a CBOR tuple has " + std::to_string(got) + " fields, expected " + std::to_string(length));
    return {};
}
Status CborReader::finish() const {
    if (!rest_.empty())
        return fail(Errc::trailing, std::to_string(rest_.size()) + " bytes follow the CBOR item, expected none");
    return {};
}
Result<BytesView> CborReader::item() {
    const auto before = rest_;
    STRATA_OK(skip(0));
    return before.first(before.size() - rest_.size());
}
bool is_canonical_cbor(BytesView item) {
    CborReader r(item);
    return r.item().has_value() && r.done();
}

Status decode(CborReader& r, bool& value) {
    STRATA_TRY(value, r.boolean());
    return {};
}
Status decode(CborReader& r, std::uint64_t& value) {
    STRATA_TRY(value, r.uint());
    return {};
}
Status decode(CborReader& r, std::uint32_t& value) {
    STRATA_TRY(const auto wide, r.uint(sizeof(value)));
    value = static_cast<std::uint32_t>(wide);
    return {};
}
Status decode(CborReader& r, std::uint8_t& value) {
    STRATA_TRY(const auto wide, r.uint(sizeof(value)));
    value = static_cast<std::uint8_t>(wide);
    return {};
}
Status decode(CborReader& r, std::int64_t& value) {
    STRATA_TRY(value, r.integer());
    return {};
}
Status decode(CborReader& r, std::int32_t& value) {
    STRATA_TRY(const auto wide, r.integer(sizeof(value)));
    if (wide > std::numeric_limits<std::int32_t>::max() || wide < std::numeric_limits<std::int32_t>::min())
        return Errc::out_of_range;
    value = static_cast<std::int32_t>(wide);
    return {};
}
Status decode(CborReader& r, Bytes& value) {
    STRATA_TRY(const auto view, r.bytes());
    value = to_bytes(view);
    return {};
}
Status decode(CborReader& r, std::string& value) {
    STRATA_TRY(value, r.text());
    return {};
}
Status decode(CborReader& r, BigInt& value) {
    STRATA_TRY(value, r.bigint());
    return {};
}
Status decode(CborReader& r, Cid& value) {
    STRATA_TRY(value, r.link());
    return {};
}
Status decode_fixed(CborReader& r, std::span<std::uint8_t> value) {
    STRATA_TRY(const auto view, r.bytes());
    if (view.size() != value.size())
        return fail(Errc::malformed, "a CBOR byte string has " + std::to_string(view.size()) + " bytes, expected " +
                                         std::to_string(value.size()));
    std::ranges::copy(view, value.begin());
    return {};
}

// Skips one item and refuses everything that DAG-CBOR does not allow: heads that are not the shortest, unordered or
// repeated keys, keys that are not text strings, tags other than 42, floats of less than 64 bits, and simple values
// other than false, true and null.
Status CborReader::skip(unsigned depth) {
    if (depth > kMaxDepth) return fail(Errc::too_large, "the CBOR is nested deeper than 128 levels");
    STRATA_TRY(const auto major, peek_major());
    switch (major) {
        case 0:
        case 1: {
            STRATA_OK(head());
            return {};
        }
        case 2: {
            STRATA_OK(bytes());
            return {};
        }
        case 3: {
            STRATA_OK(text());
            return {};
        }
        case 4: {
            STRATA_TRY(const auto length, array());
            for (std::uint64_t i = 0; i < length; ++i) STRATA_OK(skip(depth + 1));
            return {};
        }
        case 5: {
            STRATA_TRY(const auto length, map());
            std::optional<std::string_view> last;
            for (std::uint64_t i = 0; i < length; ++i) {
                STRATA_TRY(const auto key, text());
                // Keys are ordered by length, then bytewise; this comparison also refuses equal keys.
                if (last && (key.size() < last->size() || (key.size() == last->size() && key <= *last)))
                    return fail(Errc::non_canonical, "the keys of a CBOR map repeat or are not in order");
                last = key;
                STRATA_OK(skip(depth + 1));
            }
            return {};
        }
        case 6: {
            STRATA_OK(link());
            return {};
        }
        default:
            break;
    }
    const std::uint8_t simple = rest_[0];
    rest_ = rest_.subspan(1);
    if (simple >= 0xf4 && simple <= 0xf6) return {};
    if (simple != 0xfb)
        return fail(Errc::malformed, "the first byte of a CBOR simple value or float is " + std::to_string(simple) +
                                         ", expected false, true, null (244 to 246) or a float of 64 bits (251)");
    if (rest_.size() < 8) return ends_early();
    const auto bits = load_be<std::uint64_t>(rest_.data());
    if ((bits >> 52 & 0x7ff) == 0x7ff)
        return fail(Errc::malformed, "a float is infinity or NaN, which DAG-CBOR does not allow");
    rest_ = rest_.subspan(8);
    return {};
}

}  // namespace strata
