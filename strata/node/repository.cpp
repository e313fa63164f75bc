#include <strata/node/repository.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/genesis/genesis_car.hpp>

namespace strata::node {
namespace {

Status begin_chain(chain::ChainStore& chain, const std::filesystem::path& car) {
    STRATA_TRY(const auto source, file_source(car));
    STRATA_TRY(const auto genesis, chain::load_genesis_car(source, chain.blocks()));
    return chain.start(genesis.header);
}

Status check_genesis(const chain::ChainStore& chain, const std::filesystem::path& folder,
                     const std::filesystem::path& car) {
    MemoryBlockstore blocks;
    STRATA_TRY(const auto source, file_source(car));
    STRATA_TRY(const auto genesis, chain::load_genesis_car(source, blocks));
    if (chain.genesis()->cids() != std::vector{genesis.cid})
        return fail(Errc::verification,
                    folder.string() + " holds the chain of another network; remove it or name " + "another folder");
    return {};
}

}  // namespace

Result<std::unique_ptr<store::RocksStore>> open_repository(const std::filesystem::path& folder,
                                                           const std::filesystem::path& genesis_car) {
    STRATA_TRY(auto repository, store::RocksStore::open(folder));
    chain::ChainStore chain(repository->blocks(), repository->metadata());
    const auto opened = chain.open();
    if (opened) {
        STRATA_OK(check_genesis(chain, folder, genesis_car));
    } else if (opened.error().code() == Errc::not_found) {
        STRATA_OK(begin_chain(chain, genesis_car));
    } else {
        return Error(opened.error()).with_context(folder.string() + " is damaged; remove it to start again");
    }
    return repository;
}

}  // namespace strata::node
