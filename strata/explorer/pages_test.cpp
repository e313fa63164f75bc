// Protects the addresses of the explorer's pages: which there are, and which texts may stand in them. The addresses are
// those of docs/protocol/node.md §1 and of the recorded chains; the CIDs are from multiformats' and Lotus' own chains.
#include <gtest/gtest.h>

#include <strata/explorer/pages.hpp>
#include <strata/explorer/site.hpp>

namespace strata::explorer {
namespace {

const std::string kBlock = "bafy2bzacecdi6pcoazw3ytz6jxa4mreufiyaptvnnp53rvmqtbkgjcxk2b5io";

Pages pages() {
    for (const auto& file : site())
        if (file.path == "pages.json") return Pages(file.content);
    ADD_FAILURE() << "the site has no pages.json";
    return Pages(as_bytes(R"({"pages":[]})"));
}

TEST(ExplorerTexts, of_each_kind) {
    const auto expect = [](std::string_view text, std::string_view kind) { EXPECT_EQ(kind_of(text), kind) << text; };
    expect("0", "number");
    expect("9007199254740991", "number");
    expect(kBlock, "cid");
    expect("baga6ea4seaqa4mj73u3atmm3kcbizam43ks37pehnwuwqw5efrdtr6qnv5qvqha", "cid");
    expect("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG", "cid");
    expect("f01000", "address");
    expect("t1m4pazv72mq6vmu4mp7vxtz4ebxs45ubdnz4b2qq", "address");
    expect("t410fbbh6kebnkrsgikyfhy32dvr2xnsg7kbjzeig6ni", "address");
    expect("0x084FE5102d5464642b053E37A1D63AbB646FA829", "eth");
    expect("0x283dcd18636473fbd6c1e83c16d576e922be1f18af582653ec29d2178d96c3d6", "hash");
    for (const char* text : {"", "-1", "01", "9007199254740992", "1e3", "b", "Bafy", "f", "f0", "f0x", "f5abc", "f4f",
                             "f01000/../..", "0x12", "0xzz", "<script>", "bafy2bzace\n", "t01000 "})
        expect(text, "text");
}

TEST(ExplorerPages, take_checked_values_from_the_address) {
    const auto all = pages();
    const auto visit = all.find("provider/t01000/sector/7", {});
    ASSERT_TRUE(visit);
    EXPECT_EQ((*visit->page)["page"], "sector");
    EXPECT_EQ(visit->arguments, (Json{{"address", "t01000"}, {"sector", 7}}));
    const auto tipset = all.find("tipset/" + kBlock + "," + kBlock, {});
    ASSERT_TRUE(tipset);
    EXPECT_EQ(tipset->arguments["key"], (Json::array({{{"/", kBlock}}, {{"/", kBlock}}})));
    EXPECT_EQ((*all.find("", {})->page)["page"], "overview");
    EXPECT_TRUE(all.find("pool/", {}));
    for (const char* path : {"nowhere", "block", "block/", "block/x", "block/../app.js", "height/-1", "height/1/2",
                             "address/0x084FE5102d5464642b053E37A1D63AbB646FA829", "tipset/,", "pool//", "/"})
        EXPECT_FALSE(all.find(path, {})) << path;
}

TEST(ExplorerPages, bound_what_the_query_asks_for) {
    const auto all = pages();
    const auto epochs = [&](std::map<std::string, std::string> query) {
        return all.find("charts", query)->arguments["epochs"].get<int>();
    };
    EXPECT_EQ(epochs({}), 120);
    EXPECT_EQ(epochs({{"epochs", "60"}}), 60);
    EXPECT_EQ(epochs({{"epochs", "1000000"}}), 480);
    EXPECT_EQ(epochs({{"epochs", "-5"}}), 120);
    const auto text = all.find("search", {{"q", "  " + std::string(500, 'x') + " "}})->arguments["q"];
    EXPECT_EQ(text, std::string(200, 'x'));
}

}  // namespace
}  // namespace strata::explorer
