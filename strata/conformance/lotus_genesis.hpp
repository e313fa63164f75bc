#pragma once
// Makes the genesis from a template of Lotus with our own actors, and compares it with the genesis that Lotus made.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::conformance {

/// Makes the genesis from a template and compares it with `car`, the recorded one. Values that Lotus drew at random
/// (ticket, first verifier) are taken from `car`; everything else must be equal: header, state, and every block except
/// actor code. Errors: verification with the actors that differ; malformed.
Status reproduce_genesis(std::string_view template_json, std::string_view network_json, BytesView car);

}  // namespace strata::conformance
