// The file format is that of docs/protocol/node.md §22: a CAR of version 1 whose one root is the genesis header.
#include <strata/chain/genesis/genesis_car.hpp>

#include <gtest/gtest.h>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/genesis/test_genesis.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/failing_blockstore.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::chain {
namespace {

class GenesisCar : public testing::Genesis {
  protected:
    Bytes file() {
        Bytes out;
        EXPECT_TRUE(write_genesis_car(store, genesis.cid, [&](BytesView part) -> Status {
            append(out, part);
            return {};
        }));
        return out;
    }
};

TEST_F(GenesisCar, FileIsReadAgain) {
    made();
    const auto car = file();
    MemoryBlockstore again;
    const auto loaded = load_genesis_car(memory_source(car), again);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->cid, genesis.cid);
    EXPECT_EQ(loaded->header, genesis.header);
    EXPECT_TRUE(again.has(first_parent_cid()).value());
    // The file is all that a node needs to begin.
    store::MemoryKeyValue records;
    ChainStore chain(again, records);
    ASSERT_TRUE(chain.start(loaded->header));
    EXPECT_EQ(chain.head()->height(), 0);
}

TEST_F(GenesisCar, OtherFilesAreRefused) {
    made();
    const auto car = file();
    MemoryBlockstore again;
    const auto code = [&](const Bytes& bytes) {
        const auto loaded = load_genesis_car(memory_source(bytes), again);
        return loaded ? Errc::internal : loaded.error().code();
    };
    EXPECT_EQ(code(Bytes(car.begin(), car.end() - 1)), Errc::truncated);
    auto damaged = car;
    damaged.back() ^= 1;
    EXPECT_EQ(code(damaged), Errc::verification);
    EXPECT_EQ(code(car_header({genesis.cid, genesis.cid})), Errc::malformed);
    EXPECT_EQ(code(car_header({})), Errc::malformed);

    auto later = genesis.header;
    later.height = 1;
    auto bytes = car_header({later.cid()});
    append(bytes, car_section(later.cid(), to_cbor(later)));
    EXPECT_EQ(code(bytes), Errc::malformed);

    MemoryBlockstore empty;
    auto header_only = car_header({genesis.cid});
    append(header_only, car_section(genesis.cid, to_cbor(genesis.header)));
    EXPECT_EQ(load_genesis_car(memory_source(header_only), empty).error().code(), Errc::missing_block);
}

// The files that Lotus wrote for two networks; the CIDs are those of network.json.
TEST(GenesisCarOfLotus, IsRead) {
    for (const auto& [name, cid] :
         {std::pair{"lotus-devnet/real/genesis.car", "bafy2bzacea6wsmet3sdg2vimvyb7n6rvglyktz3yhrrn7d6ovjatgtwheqdne"},
          std::pair{"lotus-devnet/long/genesis.car",
                    "bafy2bzacedevfkywmxhupnq5yeuaqnu4rhim2lgirmsifd4wgk4oqas24ibx4"}}) {
        const auto car = strata::testing::read_file(*strata::testing::find_vectors(name));
        MemoryBlockstore store;
        const auto loaded = load_genesis_car(memory_source(as_bytes(car)), store);
        ASSERT_TRUE(loaded) << name << ": " << loaded.error().message();
        EXPECT_EQ(loaded->cid.to_string(), cid);
        EXPECT_EQ(loaded->header.height, 0);
        EXPECT_TRUE(store.has(first_parent_cid()).value());
    }
}

// A parent comes before its children, and the text of 2017 right after the header that names it.
TEST_F(GenesisCar, TheHeaderComesFirst) {
    made();
    std::vector<Cid> order;
    ASSERT_TRUE(read_car(file(), [&](const Cid& cid, BytesView) -> Status {
        order.push_back(cid);
        return {};
    }));
    ASSERT_GT(order.size(), 50U);
    EXPECT_EQ(order[0], genesis.cid);
    EXPECT_EQ(order[1], first_parent_cid());
    EXPECT_EQ(std::set<Cid>(order.begin(), order.end()).size(), order.size()) << "each block once";
    for (const auto& cid : order) EXPECT_NE(cid.codec(), Codec::raw) << "the code of actors is not in this store";
}

// Failures of the store and of the file are passed on.
TEST_F(GenesisCar, FailuresArePassedOn) {
    made();
    const auto ignore = [](BytesView) -> Status { return {}; };
    for (const std::size_t n : {0U, 1U, 2U, 40U}) {
        strata::testing::FailingBlockstore failing(store);
        failing.fail_read(n, Errc::io);
        EXPECT_EQ(write_genesis_car(failing, genesis.cid, ignore).error().code(), Errc::io) << n;
    }
    const auto full = [](BytesView) -> Status { return Errc::no_space; };
    EXPECT_EQ(write_genesis_car(store, genesis.cid, full).error().code(), Errc::no_space);
    EXPECT_EQ(write_genesis_car(store, Cid::hash_of(Codec::dag_cbor, Bytes{1}), ignore).error().code(),
              Errc::missing_block);
    const auto car = file();
    MemoryBlockstore again;
    strata::testing::FailingBlockstore failing(again);
    failing.fail_write(3, Errc::no_space);
    EXPECT_EQ(load_genesis_car(memory_source(car), failing).error().code(), Errc::no_space);
}

}  // namespace
}  // namespace strata::chain
