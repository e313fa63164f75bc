#pragma once
// Gives tests a node's folder with a chain whose states are made by hand (chain/test_chain.hpp).
#include <strata/chain/test_chain.hpp>
#include <strata/store/repository.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node::testing {

/// A chain of `tipsets` tipsets above genesis; each has a message and a state of its own.
inline std::unique_ptr<chain::testing::TestChain> made_chain(int tipsets, std::size_t accounts = 40) {
    std::vector<Address> addresses;
    for (std::size_t i = 0; i < accounts; ++i) {
        Bytes key(48);
        store_le(key.data(), std::uint64_t{i + 1} * 0x9e3779b97f4a7c15U);
        addresses.push_back(Address::bls(key));
    }
    auto out = std::make_unique<chain::testing::TestChain>(addresses);
    for (int i = 0; i < tipsets; ++i) {
        Message message;
        message.from = addresses[static_cast<std::size_t>(i) % accounts];
        message.to = addresses[0];
        message.nonce = static_cast<Nonce>(static_cast<std::size_t>(i) / accounts);
        message.value = TokenAmount(i);
        out->advance({.bls = {message}, .secp = {}});
    }
    return out;
}

/// Puts the chain into the repository of a node in `folder`.
inline void put_into(const std::filesystem::path& folder, chain::testing::TestChain& made) {
    const auto repository = store::Repository::open(folder / "repository").value();
    std::vector<CarriedBlock> blocks;
    for (const auto& [cid, data] : made.blocks.blocks()) blocks.push_back({cid, data});
    const auto unsorted = repository->generations().unsorted().value();
    STRATA_CHECK(unsorted->put_blocks(blocks).has_value());
    chain::ChainStore chain(repository->blocks(), repository->records());
    STRATA_CHECK(chain.index_down(made.chain.head()).has_value());
    STRATA_CHECK(chain.adopt(made.chain.genesis(), made.chain.head()).has_value());
}

}  // namespace strata::node::testing
