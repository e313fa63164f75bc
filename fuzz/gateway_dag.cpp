#include <strata/ipld/car.hpp>
#include <strata/retrieval/dag_car.hpp>
#include <strata/retrieval/dag_path.hpp>

#include "target.hpp"

// Over a CAR of any blocks, walks of paths and of every scope end within their limits and give only blocks of that CAR.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    using namespace strata::retrieval;
    MemoryBlockstore store;
    const auto put = [&](const Cid& cid, BytesView block) -> Status {
        STRATA_TRY(const bool right, cid.matches(block));
        return right ? store.put_block(cid, block) : Status(Errc::verification);
    };
    const auto header = read_car({data, size}, put, CarEnd::at_empty_section);
    if (!header || header->roots.empty()) return 0;
    const Cid root = header->roots.front();
    const DagLimits limits{.blocks = 200, .bytes = 1 << 20, .pending = 1000};
    for (const auto& names :
         std::vector<std::vector<std::string>>{{}, {"a"}, {"0", "0"}, {"files", "single"}, {"470.txt"}}) {
        auto path = resolve_path(store, root, names);
        if (!path) continue;
        for (const auto scope : {DagScope::block, DagScope::entity, DagScope::all})
            for (const bool duplicates : {false, true}) {
                CarRequest request{path->blocks, scope, {}, duplicates};
                if (scope == DagScope::entity && duplicates) request.bytes = EntityBytes{-300, 5};
                auto dag = DagCar::open(store, request, limits);
                if (!dag) continue;
                const ByteSource source = [&](std::span<std::uint8_t> out) { return dag->read(out); };
                const auto check = [&](const Cid& cid, BytesView) -> Status {
                    STRATA_CHECK(store.blocks().contains(cid));
                    return {};
                };
                static_cast<void>(stream_car(source, check));
            }
    }
    return 0;
}
