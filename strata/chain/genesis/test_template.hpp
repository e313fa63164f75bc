#pragma once
// Gives the tests of this folder a network of three miners whose sectors were never sealed: genesis does not read their
// data.
#include <strata/chain/genesis/make_genesis.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::chain::testing {

inline wallet::PrivateKey test_key(std::string_view name) {
    crypto::SeededRandom random(as_bytes(name));
    return wallet::generate_key(wallet::KeyType::bls, random);
}
inline Address test_address(std::string_view name) {
    return wallet::address_of(test_key(name)).value();
}
inline GenesisActor test_account(std::string_view name, std::int64_t balance) {
    return {GenesisAccount{test_address(name)}, fil(balance)};
}

inline GenesisSector test_sector(const Address& miner, std::string_view client, SectorNumber number, SectorSize size) {
    GenesisSector out;
    const auto seed = crypto::SeededRandom(miner.bytes()).fork(std::to_string(number)).bytes<32>();
    out.comm_r = proofs::replica_cid(seed);
    out.comm_d = out.deal.piece_cid = proofs::piece_cid(seed);
    out.number = number;
    out.proof = static_cast<RegisteredSealProof>(size == SectorSize::size_2KiB ? 5 : 6);
    out.deal.piece_size = static_cast<std::uint64_t>(size);
    out.deal.client = test_address(client);
    out.deal.provider = miner;
    out.deal.label.value = std::to_string(number);
    out.deal_client_key = test_key(client);
    return out;
}

inline GenesisTemplate test_template(SectorSize size = SectorSize::size_8MiB) {
    GenesisTemplate out;
    out.network_name = "test";
    out.timestamp = 1'700'000'000;
    out.accounts = {test_account("client", 1000), test_account("faucet", 50'000'000)};
    out.verifreg_root = test_account("root", 0);
    out.remainder = {GenesisMultisig{{test_address("client"), test_address("another")}, 2, 100, 0}, 0};
    for (int i = 0; i < 3; ++i) {
        const std::string owner = "owner " + std::to_string(i), worker = "worker " + std::to_string(i);
        out.accounts.push_back(test_account(owner, 100));
        out.accounts.push_back(test_account(worker, 100));
        GenesisMiner miner;
        miner.id = Address::id(1000 + static_cast<ActorId>(i));
        miner.owner = test_address(owner);
        miner.worker = test_address(worker);
        miner.market_balance = fil(1);
        miner.sector_size = size;
        for (SectorNumber number = 0; number < 2; ++number)
            miner.sectors.push_back(test_sector(miner.id, worker, number, size));
        out.miners.push_back(std::move(miner));
    }
    return out;
}

}  // namespace strata::chain::testing
