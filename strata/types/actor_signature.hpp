#pragma once
// A signature as the built-in actors read it in their parameters.
#include <strata/types/signature.hpp>

namespace strata {

/// A signature in the parameters of an actor. Unlike in a message, its type must be 1 or 2, and its data may have any
/// length. Source: ref-fvm shared/src/crypto/signature.rs.
struct ActorSignature : Signature {
    ActorSignature() = default;
    ActorSignature(Signature signature) : Signature(std::move(signature)) {}
    ActorSignature(Type of_type, Bytes bytes) : Signature{of_type, std::move(bytes)} {}
    static Result<ActorSignature> read_cbor(CborReader& r);
};

}  // namespace strata
