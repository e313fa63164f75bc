#pragma once
// Encodes and decodes DAG-CBOR, in which each value has exactly one encoding: definite lengths, shortest heads, tag 42
// only. A struct is a tuple: it lists its fields once with STRATA_CBOR_TUPLE. Source: docs/protocol/fvm.md §1.4, §1.5;
// docs/protocol/node.md §1.
#include <limits>
#include <optional>
#include <tuple>

#include <strata/base/bigint.hpp>
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/ipld/cid.hpp>

namespace strata {

class CborWriter {
  public:
    void uint(std::uint64_t value) { head(0, value); }
    void integer(std::int64_t value);
    void bytes(BytesView value);
    void text(std::string_view value);
    void array(std::uint64_t length) { head(4, length); }
    void map(std::uint64_t length) { head(5, length); }
    void tag(std::uint64_t number) { head(6, number); }
    void boolean(bool value) { out_.push_back(value ? 0xf5 : 0xf4); }
    void null() { out_.push_back(0xf6); }
    void link(const Cid& cid);
    /// Writes a big integer: empty for zero, otherwise sign byte and magnitude.
    void bigint(const BigInt& value);
    /// Appends an item that is encoded already.
    void raw(BytesView item) { append(out_, item); }

    Bytes take() { return std::move(out_); }
    BytesView view() const { return out_; }

  private:
    void head(std::uint8_t major, std::uint64_t value);
    Bytes out_;
};

/// The limits of one item. Some formats prescribe such limits, so that every node refuses a longer item.
struct CborLimits {
    std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();  // in one byte string
    std::uint64_t items = std::numeric_limits<std::uint64_t>::max();  // in one array
};

/// Which encodings a reader accepts. canonical: the one encoding that DAG-CBOR gives a value. reference: all that the
/// reference's VM and the official actors read in parameters, answers and syscalls: heads that are not the shortest,
/// strings in pieces (of indefinite length), links with bytes after the CID, and, as the head of a string, array, map
/// or tag, also a first byte that lacks bits of the type, so that 0x00 is an empty array, too. Source: cbor4ii 0.2.14
/// src/core/dec.rs (TypeNum, decode_buf), serde_ipld_dagcbor 0.6.4 src/de.rs; ref-fvm 4.8 and builtin-actors v16 to v18
/// name that cbor4ii in Cargo.lock.
enum class CborRules : std::uint8_t { canonical, reference };

/// Reads items from a view that must outlive the reader; the views that it returns must not outlive the reader. After
/// an error the position is undefined.
/// Errors: truncated, malformed (the item has a different type), non_canonical, out_of_range, too_large (more than
/// 128 levels, or more than the limits allow).
class CborReader {
  public:
    explicit CborReader(BytesView input, CborRules rules = CborRules::canonical) : rest_(input), rules_(rules) {}

    /// `widest`: the most bytes (1, 2, 4 or 8) that the value may take after the first byte of its head.
    Result<std::uint64_t> uint(std::size_t widest = 8);
    Result<std::int64_t> integer(std::size_t widest = 8);
    Result<BytesView> bytes();
    /// Reads a text string, which must be valid UTF-8.
    Result<std::string_view> text();
    /// Reads the head of an array and returns its length, which is never more than the bytes that are left.
    Result<std::uint64_t> array();
    Result<std::uint64_t> map();
    Result<std::uint64_t> tag();
    Result<bool> boolean();
    Status null();
    bool at_null() const { return !rest_.empty() && rest_[0] == 0xf6; }
    Result<Cid> link();
    Result<BigInt> bigint();
    const CborLimits& limits() const { return limits_; }
    void set_limits(const CborLimits& limits) { limits_ = limits; }
    /// Skips one item of any kind, checks that it is strict DAG-CBOR, and returns its bytes.
    Result<BytesView> item();
    /// Returns the major type 0..7 of the next item. Error: truncated.
    Result<unsigned> peek_major() const;
    /// Returns true if the next item is a string, array or map of indefinite length.
    bool at_indefinite() const { return !rest_.empty() && (rest_[0] & 31) == 31; }
    /// Goes into a value that holds others, and out of it. Error: too_large, under the rules of the official actors if
    /// their reader does not go as deep.
    Status enter();
    void leave() { --depth_; }
    /// Reads the head of a tuple. Errors: malformed if the next item is not an array of `length`.
    Status tuple(std::uint64_t length);
    /// Ends the reading. Errors: trailing if anything is left.
    Status finish() const;
    bool done() const { return rest_.empty(); }
    BytesView rest() const { return rest_; }

  private:
    struct Head {
        unsigned major;
        std::uint64_t value;
    };
    Result<Head> head(std::size_t widest = 8);
    Result<std::uint64_t> expect(unsigned major, std::size_t widest = 8);
    Result<BytesView> string(unsigned major);
    Status append_pieces(unsigned major, Bytes& out);
    Status skip(unsigned depth);
    BytesView rest_;
    CborLimits limits_;
    CborRules rules_;
    unsigned depth_ = 0;
    std::vector<Bytes> joined_;  // strings that came in pieces
};

/// Returns true if `item` is exactly one strict DAG-CBOR item.
bool is_canonical_cbor(BytesView item);

/// A tuple may declare `static constexpr CborLimits kCborLimits`, which holds for everything inside it, and `Status
/// check_decoded() const`, which is called at the end of its decoding.
template <class T>
concept CborTuple = requires(T& t) { t.cbor_tuple(); };
template <class T>
concept CborTransparent = requires(T& t) { t.cbor_inner(); };
/// A type with an encoding of its own has the members `void to_cbor(CborWriter&) const` and `static Result<T>
/// read_cbor(CborReader&)`.
template <class T>
concept CborCustom = requires(const T& t, CborWriter& w, CborReader& r) {
    t.to_cbor(w);
    T::read_cbor(r);
};

inline void encode(CborWriter& w, bool value) {
    w.boolean(value);
}
inline void encode(CborWriter& w, std::uint64_t value) {
    w.uint(value);
}
inline void encode(CborWriter& w, std::uint32_t value) {
    w.uint(value);
}
inline void encode(CborWriter& w, std::uint8_t value) {
    w.uint(value);
}
inline void encode(CborWriter& w, std::int64_t value) {
    w.integer(value);
}
inline void encode(CborWriter& w, std::int32_t value) {
    w.integer(value);
}
inline void encode(CborWriter& w, const Bytes& value) {
    w.bytes(value);
}
template <std::size_t N>
void encode(CborWriter& w, const ByteArray<N>& value) {
    w.bytes(value);
}
inline void encode(CborWriter& w, const std::string& value) {
    w.text(value);
}
inline void encode(CborWriter& w, const BigInt& value) {
    w.bigint(value);
}
inline void encode(CborWriter& w, const Cid& value) {
    w.link(value);
}
template <class E>
    requires std::is_enum_v<E>
void encode(CborWriter& w, E value) {
    encode(w, static_cast<std::underlying_type_t<E>>(value));
}
template <CborCustom T>
void encode(CborWriter& w, const T& value) {
    value.to_cbor(w);
}
template <CborTransparent T>
void encode(CborWriter& w, const T& value);
template <CborTuple T>
void encode(CborWriter& w, const T& value);
template <class A, class B>
void encode(CborWriter& w, const std::pair<A, B>& value);
template <class T>
void encode(CborWriter& w, const std::optional<T>& value);
template <class T>
void encode(CborWriter& w, const std::vector<T>& value) {
    w.array(value.size());
    for (const auto& item : value) encode(w, item);
}
template <CborTransparent T>
void encode(CborWriter& w, const T& value) {
    encode(w, value.cbor_inner());
}
template <CborTuple T>
void encode(CborWriter& w, const T& value) {
    std::apply(
        [&w](const auto&... fields) {
            w.array(sizeof...(fields));
            (encode(w, fields), ...);
        },
        value.cbor_tuple());
}
template <class A, class B>
void encode(CborWriter& w, const std::pair<A, B>& value) {
    w.array(2);
    encode(w, value.first);
    encode(w, value.second);
}
template <class T>
void encode(CborWriter& w, const std::optional<T>& value) {
    if (value) {
        encode(w, *value);
    } else {
        w.null();
    }
}

Status decode(CborReader& r, bool& value);
Status decode(CborReader& r, std::uint64_t& value);
Status decode(CborReader& r, std::uint32_t& value);
Status decode(CborReader& r, std::uint8_t& value);
Status decode(CborReader& r, std::int64_t& value);
Status decode(CborReader& r, std::int32_t& value);
Status decode(CborReader& r, Bytes& value);
Status decode(CborReader& r, std::string& value);
Status decode(CborReader& r, BigInt& value);
Status decode(CborReader& r, Cid& value);
Status decode_fixed(CborReader& r, std::span<std::uint8_t> value);
template <std::size_t N>
Status decode(CborReader& r, ByteArray<N>& value) {
    return decode_fixed(r, value);
}
template <class E>
    requires std::is_enum_v<E>
Status decode(CborReader& r, E& value) {
    std::underlying_type_t<E> number{};
    STRATA_OK(decode(r, number));
    value = static_cast<E>(number);
    return {};
}
template <CborCustom T>
Status decode(CborReader& r, T& value) {
    STRATA_TRY(value, T::read_cbor(r));
    return {};
}
template <CborTransparent T>
Status decode(CborReader& r, T& value);
template <CborTuple T>
Status decode(CborReader& r, T& value);
template <class A, class B>
Status decode(CborReader& r, std::pair<A, B>& value);
template <class T>
Status decode(CborReader& r, std::optional<T>& value);
template <class T>
Status decode(CborReader& r, std::vector<T>& value) {
    STRATA_OK(r.enter());
    STRATA_TRY(const auto length, r.array());
    value.clear();
    for (std::uint64_t i = 0; i < length; ++i) STRATA_OK(decode(r, value.emplace_back()));
    r.leave();
    return {};
}
template <CborTransparent T>
Status decode(CborReader& r, T& value) {
    return decode(r, value.cbor_inner());
}
template <CborTuple T>
Status decode(CborReader& r, T& value) {
    auto fields = value.cbor_tuple();
    STRATA_OK(r.enter());
    STRATA_OK(r.tuple(std::tuple_size_v<decltype(fields)>));
    const CborLimits outer = r.limits();
    if constexpr (requires { T::kCborLimits; }) r.set_limits(T::kCborLimits);
    Status status;
    std::apply([&](auto&... field) { static_cast<void>(((status = decode(r, field)).has_value() && ...)); }, fields);
    r.set_limits(outer);
    r.leave();
    if constexpr (requires { value.check_decoded(); }) {
        if (status) status = value.check_decoded();
    }
    return status;
}
template <class A, class B>
Status decode(CborReader& r, std::pair<A, B>& value) {
    STRATA_OK(r.enter());
    STRATA_OK(r.tuple(2));
    STRATA_OK(decode(r, value.first));
    STRATA_OK(decode(r, value.second));
    r.leave();
    return {};
}
template <class T>
Status decode(CborReader& r, std::optional<T>& value) {
    if (r.at_null()) {
        value.reset();
        return r.null();
    }
    STRATA_OK(r.enter());
    STRATA_OK(decode(r, value.emplace()));
    r.leave();
    return {};
}

template <class T>
Bytes to_cbor(const T& value) {
    CborWriter w;
    encode(w, value);
    return w.take();
}

/// Decodes a T that is the whole input.
template <class T>
Result<T> from_cbor(BytesView input, CborRules rules = CborRules::canonical) {
    CborReader r(input, rules);
    T value{};
    STRATA_OK(decode(r, value));
    STRATA_OK(r.finish());
    return value;
}

/// Brings an item into its current encoding (docs/protocol/fvm.md §8.8).
using Reencode = Result<Bytes> (*)(BytesView item);
template <class V>
Result<Bytes> reencode(BytesView value) {
    STRATA_TRY(const auto typed, from_cbor<V>(value));
    return to_cbor(typed);
}

}  // namespace strata

/// Lists the fields of a struct in tuple order: it is encoded as a CBOR array of exactly these.
#define STRATA_CBOR_TUPLE(...)        \
    auto cbor_tuple() {               \
        return std::tie(__VA_ARGS__); \
    }                                 \
    auto cbor_tuple() const {         \
        return std::tie(__VA_ARGS__); \
    }                                 \
    static_assert(true)

/// Marks a struct that is encoded as its only field, without an array around it.
#define STRATA_CBOR_TRANSPARENT(field) \
    auto& cbor_inner() {               \
        return field;                  \
    }                                  \
    const auto& cbor_inner() const {   \
        return field;                  \
    }                                  \
    static_assert(true)
