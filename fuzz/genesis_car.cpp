#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/ipld/blockstore.hpp>

#include "target.hpp"

// A genesis that is loaded is written to a file that leads to the same genesis.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    MemoryBlockstore store;
    const auto genesis = chain::load_genesis_car(memory_source({data, size}), store);
    if (!genesis) return 0;
    Bytes file;
    const auto written = chain::write_genesis_car(store, genesis->cid, [&](BytesView part) -> Status {
        append(file, part);
        return {};
    });
    if (!written) return 0;  // the state below the header is not complete
    MemoryBlockstore again;
    const auto loaded = chain::load_genesis_car(memory_source(file), again);
    STRATA_CHECK(loaded.has_value() && loaded->cid == genesis->cid);
    return 0;
}
