#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

void SectorOnChainInfo::to_cbor(CborWriter& w) const {
    std::apply(
        [&w](const auto&... field) {
            w.array(sizeof...(field));
            (encode(w, field), ...);
        },
        fields(*this));
}

Result<SectorOnChainInfo> SectorOnChainInfo::read_cbor(CborReader& r) {
    SectorOnChainInfo out;
    auto all = fields(out);
    constexpr std::uint64_t size = std::tuple_size_v<decltype(all)>;
    STRATA_TRY(const auto length, r.array());
    if (length != size && length != size - 1)
        return fail(Errc::malformed, "a sector has " + std::to_string(length) + " fields, expected 15 or 16");
    std::uint64_t position = 0;
    Status status;
    // The fold ends at the first field that fails. In the older form, which has 15 fields, the last one is not decoded.
    std::apply(
        [&](auto&... field) {
            static_cast<void>(((position++ == length || (status = decode(r, field)).has_value()) && ...));
        },
        all);
    if (!status) return std::move(status).error();
    return out;
}

}  // namespace strata::actors::miner
