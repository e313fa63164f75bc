#pragma once
// The IPLD data model as a tree of values, and its spellings: DAG-CBOR, DAG-JSON, DAG-PB. For tools and tests that take
// any block; typed state goes through ipld/cbor.hpp instead. Source: ipld.io/specs (data-model, codecs).
#include <string>
#include <variant>
#include <vector>

#include <strata/ipld/cid.hpp>

namespace strata {

/// -2^64 .. 2^64-1, as CBOR has them: `head`, or -1 - `head`.
struct Integer {
    bool negative = false;
    std::uint64_t head = 0;
    friend bool operator==(const Integer&, const Integer&) = default;
};

struct Value;
struct Member;
using List = std::vector<Value>;
/// Keys are unique; the order is the codec's.
using Map = std::vector<Member>;

struct Value {
    std::variant<std::nullptr_t, bool, Integer, double, std::string, Bytes, Cid, List, Map> is;

    template <class T>
    const T* as() const {
        return std::get_if<T>(&is);
    }
    /// The member of a map, or nothing.
    const Value* find(std::string_view key) const;
};
struct Member {
    std::string key;
    Value value;
};

/// `as_given` is for blocks older than the rule, such as the note in every Lotus genesis: keys in any order, kept as
/// they are; everything else is as strict.
enum class KeyOrder { canonical, as_given };
/// Strict: one spelling only. Errors: those of CborReader.
Result<Value> decode_dag_cbor(BytesView block, KeyOrder order = KeyOrder::canonical);
Bytes encode_dag_cbor(const Value& value, KeyOrder order = KeyOrder::canonical);

/// Keys in any order. Errors: malformed (also for repeated keys and wrong use of "/"), out_of_range, too_large.
Result<Value> decode_dag_json(std::string_view text);
/// Keys in bytewise order, no spaces.
std::string encode_dag_json(const Value& value);

/// A DAG-PB block as {"Data": bytes, "Links": [{"Hash", "Name", "Tsize"}]}.
Result<Value> dag_pb_to_value(BytesView block);
/// Errors: malformed unless the value has exactly that form with links sorted by name.
Result<Bytes> value_to_dag_pb(const Value& value);

}  // namespace strata
