#pragma once
// Encodes parameters in the forms that the official actors accept besides the canonical one.
#include <strata/differential/scene.hpp>
#include <strata/ipld/data_model.hpp>

namespace strata::differential {

/// Returns an encoding of `value` that the official actors mostly read as that value: heads that are not the shortest,
/// heads that lack bits of their type, strings in pieces. See CborRules::reference.
Bytes loose_encoding(Dice& dice, const Value& value);

}  // namespace strata::differential
