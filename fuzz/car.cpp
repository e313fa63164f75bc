#include <strata/ipld/car.hpp>

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto payload = strata::car_payload({data, size});
    if (!payload) return 0;
    std::size_t bytes = 0;
    const auto header = strata::read_car(*payload, [&](const strata::Cid& cid, strata::BytesView block) -> strata::Status {
        STRATA_CHECK(cid.defined());
        bytes += block.size();
        return {};
    });
    STRATA_CHECK(bytes <= size);
    return 0;
}
