#include <strata/actors/bundle.hpp>

#include <array>

namespace strata::actors {
namespace {

// The codes are in the order of vm::ActorType.
using Codes = std::array<std::string_view, 16>;

constexpr Codes kMainnet = {
    "bafk2bzaceb6wbrd6oqnplfdawnu6n27gwwajtfj4xjq3k54uq77ynniniyzce",  // system
    "bafk2bzacedrpq4kw6x7cq72w4g4fw56wj6ml4b3doeay6jyivm4dhkxijbe62",  // init
    "bafk2bzaceakrzoywbqj4wrjyo33azrpozkn2rwb7qidfmsda42zpyqmiohn7o",  // cron
    "bafk2bzacebt5o43hdveql4tqrnr7bg62by3d336ddsfl3l72xedhlsrbe6nia",  // account
    "bafk2bzaced6wh6odb572jjegr6vxoukzfblp7vogipaub5rsljbpo5mo35a5i",  // storagepower
    "bafk2bzacead23tnh3ywx2cwudftngssfjgptsvr3nao7xv6mcfot7gvju4bak",  // storageminer
    "bafk2bzacedddzlqirkt63auacz4eogkswfjhbayc4mlrsvsxix4kbnj22mjmy",  // storagemarket
    "bafk2bzacebuw6l22xfht4gv4q5ltk66sy6ibp6ou63wvy6zaiyzievu3cl4v2",  // paymentchannel
    "bafk2bzacecgyiuanstjcdo43xkax274hmyyfiw7ju44uvcyreayonp7r3fmls",  // multisig
    "bafk2bzacec53jz3itt55424ebyn2ea3rc62zvyyrnscx3gkv4ulw2hholxiii",  // reward
    "bafk2bzacebnep6ruikyegl6jo6jdd7dmrk2vrk4xmywoq2g6ps5tmvutu3zbe",  // verifiedregistry
    "bafk2bzacedc2r4rf2cnofn5zhnxawhkn445hqgiptfsd4746ejnkmga4uz2ze",  // datacap
    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
    "bafk2bzacea57ib7fosqleehx5z6uvockk3xk5wqycmge5m4rfq4ptr7xrkfsi",  // evm
    "bafk2bzacec4bwptvkfvc22s2pqm4zdv77aorypuykq33dwlbmguc5tlpsuexw",  // eam
    "bafk2bzacecb3ebhbvmyaf5lhvdolndxfckuoxugs6hswoapxwacye7hax75ou",  // ethaccount
};

constexpr Codes kDevnet = {
    "bafk2bzacedced5maxljwmavukjvtnmknpzoullfcwk3upaz5x5hvvdl2pk24e",  // system
    "bafk2bzaced23vlf6nemlulavy2ouxuvudxe3jbu4klc74tcgruafrqu2fnt3c",  // init
    "bafk2bzacedrv5m6tczd6dz6ly3zmenkljnokovduvgkbmgxvsawbalerciieg",  // cron
    "bafk2bzacedpmhtrp2kdjoga2phrbi3f7z7wn25s3tluxoagcu7hsg2ppktxbw",  // account
    "bafk2bzacebydegz3ap6xgejojdu3usfddhyrj476f25ooahgcqko6d7djynas",  // storagepower
    "bafk2bzacedhvcxgdz2w75izwa5s5dwvsrxsnzkjcbpbresziyrrjrsvjzwvxe",  // storageminer
    "bafk2bzacecjrg6jueodndhwtkaa3n2v2tkjakmzu4c57hrhg5ige4d4kjggcg",  // storagemarket
    "bafk2bzacecf3jaqzs757hmyxpthnj7vaxr2z6h5v6yubptvqasgabxiubeoim",  // paymentchannel
    "bafk2bzacecquc4zxikmjfwsiyzx4tbxlsvauf53c7spf3hdz6jwmkczyqwbrg",  // multisig
    "bafk2bzacedchalmz2omgitfunbqg5opzcvrlvju77k6dr5zt2poyy7jjzkvwa",  // reward
    "bafk2bzaceccqnqgyehy72nkmujvpyibikslvpyxfhpqivzjmbkmdbme5xzm2u",  // verifiedregistry
    "bafk2bzaceamho7atkl2a7c3m3t24v6tf3wzceaewp3ph6rjmwza3xdy3gmqb6",  // datacap
    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
    "bafk2bzacec273j42hyrcaeqms6xuuezkozjhptmyniwtr7y4jzjdoflccn2is",  // evm
    "bafk2bzaceaxpy4ilqlibpgytnt5ucmju2ooi3bqwca6dngwy6hlzmshyjpafw",  // eam
    "bafk2bzacedsbwrrjywdmxeluuzwfhmam2jmrm6ivj72ggw6qaijcx7ilw5fvk",  // ethaccount
};

vm::Manifest bundle_of(const Codes& codes) {
    vm::Manifest out;
    for (std::size_t i = 0; i < codes.size(); ++i)
        out.add(static_cast<vm::ActorType>(i + 1), Cid::constant(codes.at(i)));  // the types count from 1
    return out;
}

}  // namespace

const vm::Manifest& mainnet_bundle() {
    static const vm::Manifest bundle = bundle_of(kMainnet);
    return bundle;
}

const vm::Manifest& devnet_bundle() {
    static const vm::Manifest bundle = bundle_of(kDevnet);
    return bundle;
}

Result<Cid> store_manifest_data(Blockstore& store, const vm::Manifest& bundle) {
    std::vector<std::pair<std::string, Cid>> entries;
    for (const auto& [type, code] : bundle.codes) entries.emplace_back(vm::actor_type_name(type), code);
    return put_cbor(store, entries);
}

}  // namespace strata::actors
