#include <strata/types/signature.hpp>

namespace strata {
namespace {

constexpr std::size_t kMaxSignatureSize = 200;  // go-state-types crypto: SignatureMaxLength

}  // namespace

void Signature::to_cbor(CborWriter& w) const {
    Bytes all{static_cast<std::uint8_t>(type)};
    append(all, data);
    w.bytes(all);
}

Result<Signature> Signature::read_cbor(CborReader& r) {
    STRATA_TRY(const auto all, r.bytes());
    if (all.empty()) return fail(Errc::malformed, "empty signature");
    if (all.size() > kMaxSignatureSize) return Errc::too_large;
    if (all[0] < 1 || all[0] > 3) return fail(Errc::malformed, "unknown signature type");
    return Signature{static_cast<Type>(all[0]), to_bytes(all.subspan(1))};
}

}  // namespace strata
