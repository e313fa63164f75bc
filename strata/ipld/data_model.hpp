#pragma once
// The IPLD data model as a tree of values, and its encodings DAG-CBOR, DAG-JSON and DAG-PB. For tools and tests that
// take any block; typed state goes through ipld/cbor.hpp instead. Source: ipld.io/specs (data-model, codecs).
#include <string>
#include <variant>
#include <vector>

#include <strata/ipld/cid.hpp>

namespace strata {

/// An integer from -2^64 to 2^64 - 1, as CBOR stores it: `head`, or -1 - `head` if negative.
struct Integer {
    bool negative = false;
    std::uint64_t head = 0;
    friend bool operator==(const Integer&, const Integer&) = default;
};

struct Value;
struct Member;
using List = std::vector<Value>;
/// A map. Keys are unique; the codec decides about their order.
using Map = std::vector<Member>;

struct Value {
    std::variant<std::nullptr_t, bool, Integer, double, std::string, Bytes, Cid, List, Map> is;

    template <class T>
    const T* as() const {
        return std::get_if<T>(&is);
    }
    /// Returns the member of a map; null if there is none.
    const Value* find(std::string_view key) const;
};
struct Member {
    std::string key;
    Value value;
};

/// The order of map keys. `as_given` is for blocks older than the rule, such as the note in every Lotus genesis: keys
/// may come in any order and are kept so; everything else is as strict.
enum class KeyOrder { canonical, as_given };
/// Decodes a block strictly: only the canonical encoding is accepted. Errors: those of CborReader.
Result<Value> decode_dag_cbor(BytesView block, KeyOrder order = KeyOrder::canonical);
Bytes encode_dag_cbor(const Value& value, KeyOrder order = KeyOrder::canonical);

/// Decodes DAG-JSON with keys in any order. Errors: malformed (also for repeated keys and wrong use of "/"),
/// out_of_range, too_large.
Result<Value> decode_dag_json(std::string_view text);
/// Encodes a value with keys in bytewise order and without spaces.
std::string encode_dag_json(const Value& value);

/// Returns a DAG-PB block as {"Data": bytes, "Links": [{"Hash", "Name", "Tsize"}]}.
Result<Value> dag_pb_to_value(BytesView block);
/// Encodes a value of that form as a DAG-PB block. Errors: malformed unless the value has exactly that form with links
/// sorted by name.
Result<Bytes> value_to_dag_pb(const Value& value);

}  // namespace strata
