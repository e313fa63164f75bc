#include <strata/differential/start.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/genesis/make_genesis.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::differential {
namespace {

using wallet::KeyType;

constexpr std::int64_t kFunds = 1'000'000;  // FIL of each account at the start
constexpr RegisteredSealProof kSeal2KiB{5};

Person make_person(std::string name, KeyType type) {
    crypto::SeededRandom random(as_bytes("differential/" + name));
    Person out{std::move(name), wallet::generate_key(type, random), {}};
    const auto address = wallet::address_of(out.key);
    STRATA_CHECK(address.has_value());
    out.address = *address;
    return out;
}

// A worker needs a BLS key; everybody else may have any key.
std::vector<Person> people_at_start() {
    std::vector<Person> out;
    out.push_back(make_person("root", KeyType::secp256k1));
    out.push_back(make_person("reserve", KeyType::secp256k1));
    for (const auto* name : {"owner 0", "owner 1", "verifier 0", "client 0", "client 2", "friend 0"})
        out.push_back(make_person(name, KeyType::secp256k1));
    for (const auto* name : {"worker 0", "worker 1", "verifier 1", "client 1", "friend 1", "friend 2"})
        out.push_back(make_person(name, KeyType::bls));
    return out;
}

std::vector<Person> later_people() {
    std::vector<Person> out;
    for (int i = 0; i < 6; ++i) {
        const std::string number = std::to_string(i);
        out.push_back(make_person("new secp " + number, KeyType::secp256k1));
        out.push_back(make_person("new bls " + number, KeyType::bls));
        out.push_back(make_person("ethereum " + number, KeyType::delegated));
    }
    return out;
}

chain::GenesisSector make_sector(const Address& miner, const Person& client, SectorNumber number) {
    chain::GenesisSector out;
    auto digest = crypto::SeededRandom(miner.bytes()).fork(std::to_string(number)).bytes<32>();
    digest[31] &= 0x3f;  // a commitment is a field element: its two top bits are zero
    out.comm_r = proofs::replica_cid(digest);
    out.comm_d = out.deal.piece_cid = proofs::piece_cid(digest);
    out.number = number;
    out.proof = kSeal2KiB;
    out.deal.piece_size = static_cast<std::uint64_t>(SectorSize::size_2KiB);
    out.deal.client = client.address;
    out.deal.provider = miner;
    out.deal.label.value = "sector " + std::to_string(number);
    out.deal_client_key = client.key;
    return out;
}

}  // namespace

const Person& Start::person(std::string_view name) const {
    const auto it = std::ranges::find(people, name, &Person::name);
    STRATA_CHECK(it != people.end());
    return *it;
}

Result<Start> make_start() {
    Start out;
    out.people = people_at_start();
    chain::GenesisTemplate what;
    what.network_version = kFireHorse;
    what.network_name = "differential";
    for (const auto& person : out.people)
        if (person.name != "root" && person.name != "reserve")
            what.accounts.push_back({chain::GenesisAccount{person.address}, fil(kFunds)});
    what.verifreg_root = {chain::GenesisAccount{out.person("root").address}, fil(kFunds)};
    what.remainder = {chain::GenesisAccount{out.person("reserve").address}, 0};
    for (std::size_t i = 0; i < kStartMiners; ++i) {
        chain::GenesisMiner miner;
        miner.id = Address::id(1000 + i);
        miner.owner = out.person("owner " + std::to_string(i)).address;
        miner.worker = out.person("worker " + std::to_string(i)).address;
        miner.peer_id = to_bytes(as_bytes("peer"));
        miner.market_balance = fil(100);
        miner.sector_size = SectorSize::size_2KiB;
        for (SectorNumber number = 0; number < kStartSectors; ++number)
            miner.sectors.push_back(make_sector(miner.id, out.person("client 0"), number));
        what.miners.push_back(std::move(miner));
    }
    const auto natives = actors::native_actors();
    crypto::SeededRandom lot(as_bytes("differential/lot"));
    STRATA_TRY(const auto genesis, chain::make_genesis(out.blocks, what, chain::devnet_2k(), actors::devnet_bundle(),
                                                       *natives, chain::draw_genesis_lot(lot)));
    out.root = genesis.header.parent_state_root;
    for (auto& person : later_people()) out.people.push_back(std::move(person));
    return out;
}

}  // namespace strata::differential
