#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include <strata/chain/snapshot/stream.hpp>
#include <strata/ipld/indexed_car.hpp>

#include "target.hpp"

// Any file is a snapshot or refused. What an indexed file returns for a block hashes to that block's CID.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::string path = "/tmp/strata_fuzz_snapshot." + std::to_string(::getpid());
    static const int at_end = std::atexit([] { ::unlink(path.c_str()); });
    STRATA_CHECK(at_end == 0);
    // The stream of a packed file is not bounded by its size, so the number of blocks is bounded here.
    constexpr int kMostBlocks = 2000;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    std::vector<strata::Cid> cids;
    if (auto stream = strata::chain::SnapshotStream::open(path, {})) {
        strata::CarBlock block;
        for (int i = 0; i < kMostBlocks; ++i) {
            const auto more = stream->next(block);
            if (!more || !*more) break;
            STRATA_CHECK(block.cid.matches(block.data).value());
            cids.push_back(block.cid);
        }
    }
    if (const auto car = strata::IndexedCar::open(path))
        for (const auto& cid : cids)
            if (const auto block = (*car)->get(cid)) STRATA_CHECK(cid.matches(*block).value());
    if (const auto found = strata::chain::metadata_from({data, size})) STRATA_CHECK(!found->head.empty());
    static_cast<void>(strata::chain::f3_range({data, size}));
    return 0;
}
