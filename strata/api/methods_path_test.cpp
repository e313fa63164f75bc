// The paths are those of `lotus chain get` (cli/chain.go); what is found there must be what typed readers find.
#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

class ApiPathMethods : public testing::TestNode {
  protected:
    std::string state() {
        return "/ipfs/" + result("ChainHead")["Blocks"][0]["ParentStateRoot"]["/"].get<std::string>();
    }
    Json object(const std::string& path) { return result("ChainGetNode", {path})["Obj"]; }
};

TEST_F(ApiPathMethods, AnEntryOfAHamtIsFoundByAnyKindOfKey) {
    mine_to(3);
    const auto actor = result("StateGetActor", {"t01000", nullptr});
    const auto found = object(state() + "/1/@Ha:t01000");
    EXPECT_EQ(found[0], actor["Code"]);
    EXPECT_EQ(found[1], actor["Head"]);
    EXPECT_EQ(found[2], actor["Nonce"]);
    // Addresses are keys of their own bytes; that of an ID is its protocol and a varint.
    EXPECT_EQ(object(state() + "/1/@H:" + std::string("\x00\x64", 2)), object(state() + "/1/@Ha:t0100"));
    // Through the link of a value, and on.
    EXPECT_EQ(object(state() + "/1/@Ha:t01000/2"), actor["Nonce"]);
    EXPECT_EQ(result("ChainGetNode", {state() + "/1/@Ha:t01000/1"})["Cid"], actor["Head"]);
    // The init actor's map has IDs by addresses.
    const auto id = result("StateLookupID", {text(client()), nullptr}).get<std::string>();
    EXPECT_EQ(object(state() + "/1/@Ha:t01/1/0/@Ha:" + text(client())), std::stoi(id.substr(2)));
}

TEST_F(ApiPathMethods, AnEntryOfAnAmtIsFoundByItsIndex) {
    mine_to(3);
    // The miner's state has the CID of its sectors at 9, in an AMT whose root says how wide it is.
    const auto sectors = object(state() + "/1/@Ha:t01000/1/9/@A:0");
    EXPECT_EQ(sectors[0], 0);
    EXPECT_EQ(sectors[2], result("StateSectorGetInfo", {"t01000", 0, nullptr})["SealedCID"]);
    EXPECT_EQ(message("ChainGetNode", {state() + "/1/@Ha:t01000/1/9/@A:77"}).substr(0, 28),
              "resolve @A:77: not found in ");
}

TEST_F(ApiPathMethods, TheStateOfAnActorIsComplete) {
    mine_to(3);
    EXPECT_EQ(object(state() + "/1/@Ha:t01000/@state"), result("StateReadState", {"t01000", nullptr})["State"]);
}

TEST_F(ApiPathMethods, WrongSegmentsAreRefused) {
    mine_at(1);
    for (const char* segment : {"@H:x", "@Ha:t0999999", "@Ha:x", "@Hi:1", "@Hi:x", "@Hu:-1", "@A:0", "@A:x", "@B:1"})
        EXPECT_NE(code("ChainGetNode", {state() + "/1/" + segment}), 0) << segment;
}

TEST_F(ApiPathMethods, CodeThatNativeActorsDoNotNeedHasNoSize) {
    mine_at(1);
    const auto root = result("ChainHead")["Blocks"][0]["ParentStateRoot"];
    const auto all = result("ChainStatObj", {root, nullptr});
    EXPECT_GT(all["Size"], 1'000);
    EXPECT_EQ(result("ChainStatObj", {root, root}), Json({{"Size", 0}, {"Links", 0}}));
}

// Blocks of a chain need not be strict: every genesis names as its parent a map of 2017 whose keys are in no canonical
// order (lotus chain/gen/genesis/genblock.go), which `lotus chain stat-obj` of any block header reaches.
TEST_F(ApiPathMethods, TheSizeOfAnObjectCountsWhatIsNotStrict) {
    const Bytes disordered = *from_hex("a26162f66161f6");
    const Cid cid = node->blocks().put(Codec::dag_cbor, disordered).value();
    EXPECT_EQ(result("ChainStatObj", {Json{{"/", cid.to_string()}}, nullptr}), Json({{"Size", 7}, {"Links", 1}}));
}

}  // namespace
}  // namespace strata::api
