#include <strata/ipld/car.hpp>

#include "target.hpp"

// Reading from memory and reading from a stream end in the same way.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto payload = strata::car_payload({data, size});
    if (!payload) return 0;
    std::size_t bytes = 0;
    const auto count = [&](const strata::Cid& cid, strata::BytesView block) -> strata::Status {
        STRATA_CHECK(cid.defined());
        bytes += block.size();
        return {};
    };
    const auto header = strata::read_car(*payload, count);
    STRATA_CHECK(bytes <= size);
    const auto once = bytes;
    const auto streamed = strata::stream_car(strata::memory_source(*payload), count);
    STRATA_CHECK(streamed.has_value() == header.has_value() && bytes == 2 * once);
    if (header) STRATA_CHECK(streamed->roots == header->roots);
    return 0;
}
