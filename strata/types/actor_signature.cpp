#include <strata/types/actor_signature.hpp>

namespace strata {

Result<ActorSignature> ActorSignature::read_cbor(CborReader& r) {
    STRATA_TRY(const auto all, r.bytes());
    if (all.empty()) return fail(Errc::malformed, "the signature is empty, expected a type byte and data");
    if (all[0] < 1 || all[0] > 2)
        return fail(Errc::malformed, "the signature type is " + std::to_string(all[0]) + ", expected 1 or 2");
    return ActorSignature(Signature{static_cast<Type>(all[0]), to_bytes(all.subspan(1))});
}

}  // namespace strata
