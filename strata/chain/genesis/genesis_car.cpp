#include <strata/chain/genesis/genesis_car.hpp>

#include <strata/ipld/car.hpp>
#include <strata/ipld/unixfs.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

Status write_genesis_car(Blockstore& store, const Cid& genesis, const ByteSink& write) {
    DagLimits limits;
    limits.leave_out = [&](const Cid& cid) {
        if (cid.codec() != Codec::raw) return false;
        const auto here = store.has(cid);
        return here.has_value() && !*here;
    };
    return write_dag_car(store, genesis, write, limits);
}

Result<GenesisBlock> load_genesis_car(const ByteSource& source, Blockstore& store) {
    STRATA_TRY(const auto car,
               stream_car(source, [&](const Cid& cid, BytesView block) { return store.put_block(cid, block); }));
    if (car.roots.size() != 1) return fail(Errc::malformed, "a genesis file needs exactly one root");
    STRATA_TRY(auto header, get_cbor<BlockHeader>(store, car.roots.front()));
    if (header.height != 0) return fail(Errc::malformed, "the root of the genesis file is not of epoch 0");
    STRATA_OK(vm::StateTree::load(store, header.parent_state_root));
    return GenesisBlock{std::move(header), car.roots.front()};
}

}  // namespace strata::chain
