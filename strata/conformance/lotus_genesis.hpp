#pragma once
// The genesis that Lotus made from a template, made again by our own actors.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::conformance {

/// `car`: the recorded genesis. What Lotus drew by chance (ticket, first verifier) is taken from it; all else must be
/// equal: header, state, and every block but actor code. Errors: verification with the actors that differ; malformed.
Status reproduce_genesis(std::string_view template_json, std::string_view network_json, BytesView car);

}  // namespace strata::conformance
