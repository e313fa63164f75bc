#include <strata/chain/genesis/genesis_car.hpp>

#include <strata/ipld/car.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

Status write_genesis_car(Blockstore& store, const Cid& genesis, const ByteSink& write) {
    const Cid first_parent = first_parent_cid();
    DagLimits limits;
    limits.leave_out = [&](const Cid& cid) {
        if (cid == first_parent) return true;
        // An actor's code has a raw CID. Native actors have no code to store, so a missing block of this kind is left
        // out.
        if (cid.codec() != Codec::raw) return false;
        const auto here = store.has(cid);
        return here.has_value() && !*here;
    };
    const auto visit = [&](const Cid& cid, BytesView block) -> Status {
        STRATA_OK(write(car_section(cid, block)));
        if (cid != genesis) return {};
        // The parent that the header names is copied as it is, because it is not valid DAG-CBOR that could be walked.
        STRATA_TRY(const Bytes text, verified_block(store, first_parent));
        return write(car_section(first_parent, text));
    };
    STRATA_OK(write(car_header({genesis})));
    return walk_dag(store, genesis, visit, limits);
}

Result<GenesisBlock> load_genesis_car(const ByteSource& source, Blockstore& store) {
    STRATA_TRY(const auto car,
               stream_car(source, [&](const Cid& cid, BytesView block) { return store.put_block(cid, block); }));
    if (car.roots.size() != 1)
        return fail(Errc::malformed,
                    "genesis file: it has " + std::to_string(car.roots.size()) + " roots, expected exactly one");
    STRATA_TRY(auto header, get_cbor<BlockHeader>(store, car.roots.front()));
    if (header.height != 0)
        return fail(Errc::malformed,
                    "genesis file: its root has epoch " + std::to_string(header.height) + ", expected 0");
    STRATA_OK(vm::StateTree::load(store, header.parent_state_root));
    return GenesisBlock{std::move(header), car.roots.front()};
}

}  // namespace strata::chain
