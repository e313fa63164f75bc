#include <strata/node/repository.hpp>

#include <strata/base/byte_source.hpp>
#include <strata/base/log.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/chain/snapshot/import.hpp>
#include <strata/node/backup.hpp>
#include <strata/node/snapshot.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

const Log kLog("node");

Result<chain::GenesisBlock> load_genesis(const fs::path& car, Blockstore& blocks) {
    STRATA_TRY(const auto bytes, read_unpacked(car));
    return chain::load_genesis_car(memory_source(as_bytes(bytes)), blocks);
}

Status begin_chain(chain::ChainStore& chain, store::KeyValue& records, const fs::path& car) {
    if (car.empty())
        return fail(Errc::not_found,
                    "this node has no chain yet, and no genesis to begin with; name the CAR of the "
                    "network's genesis with --genesis");
    STRATA_TRY(const auto genesis, load_genesis(car, chain.blocks()));
    STRATA_OK(check_restored_chain(records, genesis.cid));
    return chain.start(genesis.header);
}

Status check_genesis(const chain::ChainStore& chain, const fs::path& folder, const fs::path& car) {
    if (car.empty()) return {};
    MemoryBlockstore blocks;
    STRATA_TRY(const auto genesis, load_genesis(car, blocks));
    const auto& ours = chain.genesis()->cids();
    if (ours == std::vector{genesis.cid}) return {};
    return fail(Errc::verification, folder.string() + " holds the chain of a different network: its genesis is " +
                                        ours.front().to_string() + ", expected " + genesis.cid.to_string() + " as in " +
                                        car.string() + "; name a different folder");
}

// Checks that an existing chain begins with the genesis in `car`. If there is no chain yet, begins one with it.
Status open_chain(store::Repository& repository, const fs::path& folder, const fs::path& car) {
    chain::ChainStore chain(repository.blocks(), repository.records());
    const auto opened = chain.open();
    if (opened) {
        STRATA_OK(check_restored_chain(repository.records(), chain.genesis()->cids().front()));
        return check_genesis(chain, folder, car);
    }
    STRATA_TRY(const bool unfinished, chain::is_import_unfinished(chain));
    if (unfinished)
        return fail(Errc::busy, "the import of a snapshot into " + folder.string() +
                                    " did not end; run the same `strata chain import` again, which goes on with it, or "
                                    "remove this folder");
    if (opened.error().code() == Errc::not_found) {
        kLog.info("a new chain begins", {{"folder", folder.string()}});
        return begin_chain(chain, repository.records(), car);
    }
    return Error(opened.error())
        .with_context("the chain in " + folder.string() +
                      " is damaged, but can be fetched from the network again; remove this folder and start the node "
                      "(keys, sectors and deals are kept elsewhere and stay)");
}

}  // namespace

Result<std::unique_ptr<store::Repository>> open_repository(const fs::path& folder, const fs::path& genesis_car) {
    STRATA_TRY(auto repository, store::Repository::open(folder));
    STRATA_OK(open_snapshot_below(*repository));
    STRATA_OK(open_chain(*repository, folder / "chain", genesis_car));
    return repository;
}

Result<Cid> genesis_in(const fs::path& car) {
    MemoryBlockstore blocks;
    STRATA_TRY(const auto genesis, load_genesis(car, blocks));
    return genesis.cid;
}

}  // namespace strata::node
