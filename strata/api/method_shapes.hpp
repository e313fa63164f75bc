#pragma once
// Says what the parameters and returns of built-in actors look like as JSON in Lotus' API. A shape is a text:
//   a address, n big integer, i integer, u unsigned integer, t true or false, s text, b bytes, b20 twenty bytes, c
//   CID, f bit field, g signature, l label of a deal, e nothing, ?X null or X, [X] list, {Name:X,…} tuple with named
//   fields, <Name:X> a named field that is encoded as its value alone, r bytes as they are. The fields of a tuple
//   without a name are printed among those of the tuple around it, as Go prints embedded types.
// Source: go-state-types 0.19.0-rc1 (builtin/v17 to v19), whose Go types Lotus decodes into and prints (chain/vm
// invoker.go, chain/stmgr/utils.go).
#include <string_view>

#include <strata/api/json.hpp>

namespace strata::api {

struct MethodShape {
    std::string_view name;
    std::string_view params;
    std::string_view returns;
};

/// Returns the shapes of a method; empty if the actor has no such method. `actor` is the name of the actor's code in
/// the manifest. `code` says the version of the actor; code of no official bundle counts as that of the newest. Method
/// 0 is a transfer, for every actor.
std::optional<MethodShape> method_shape(std::string_view actor, const Cid& code, std::uint64_t method);

/// Prints the first item of `cbor`, as Go prints it after decoding: empty lists and bytes inside of others are null.
/// Bytes after the item are ignored, as there. Errors: those of CborReader; malformed.
Result<Json> json_of_shape(const Printer& print, std::string_view shape, BytesView cbor);

/// Encodes JSON. Members that are absent or null have their zero value, and unknown ones are ignored, as in Go. Errors:
/// malformed; invalid_argument for a zero value that has no encoding, such as that of an address.
Result<Bytes> cbor_of_shape(std::string_view shape, const Json& json);

}  // namespace strata::api
