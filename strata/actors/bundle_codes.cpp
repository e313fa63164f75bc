// The data of bundle.hpp, made from forest's build/manifest.json (0.39.0). The codes of versions 17 and 18 are the same
// in lotus build/builtin_actors_gen.go (b835fab), which repeats those of version 18 under the number 19. The official
// WebAssembly of version 19 was not obtainable, so its codes were never compared with it (docs/protocol/nv29.md).
#include <strata/actors/bundle_codes.hpp>

namespace strata::actors {
namespace {

constexpr std::array kBundles = {
    BundleCodes{ActorBundle::mainnet,
                17,
                "bafy2bzaceai74ppsvuxs3nvpzzeuptdr3wl7vmdpbphvtz4qt5hfq2qdfvz3e",
                {{
                    "bafk2bzacebf4et7elmttbioggwlpmsjhplcnzfxtmi4lnbtqr3f6tzuwsoj2a",  // system
                    "bafk2bzacecp5go2numz52kerspigi2e3rygesaqeqhn4gegmfgr5xoon73sde",  // init
                    "bafk2bzacea74gcozu357t22lm6t7n7jxsv7buz2quurhtjzz6s7tkxyyfrve6",  // cron
                    "bafk2bzaceb4as5yyhjfkvxgooum37uvm5gbjr4dtbpxmqnpvvbjfpu5qouii4",  // account
                    "bafk2bzacedyhaec4jvpdmaas6pgtoj7zkdlmdpljz7yjwjqtkfmwv7yb5invw",  // storagepower
                    "bafk2bzaceautzxqsrstcxerpxtykn4syogslbiwpsfoh562jex262vxeluc4w",  // storageminer
                    "bafk2bzacebsnn4nk5crrlrvhg5vdpaxsrs4r72etaofxdi7tucr72om22z6a4",  // storagemarket
                    "bafk2bzaceavlvljdoww4v3bp225p6lurcxtdsub4rg33ee6xhvhkyyysnenac",  // paymentchannel
                    "bafk2bzaceblf5vqw4dwjueoetgawhg7t6he7qhdnfy3shf7ufnfv4mkwchgbm",  // multisig
                    "bafk2bzacebezdh75otifygspbfymgeipv34v6feti5xylrxt7xetu77pisnym",  // reward
                    "bafk2bzaceak2iqpfy4hw6xyyrf7c4yfh7pl4copzm7t63mokecsxfcnybxnd2",  // verifiedregistry
                    "bafk2bzaceakb5v267o4y6jq3vao4b5c63sjjk3sr2jgjoabtze7ygcvbpvc6i",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaced5i2jt5t4f5gplsfb5gogjl5tknvhvsssgyj75on3g6ds36yy45y",  // evm
                    "bafk2bzacecp2lpiqfjeiulrgor7g6zx4boo2oobjuyuxvtoqya46ljm6gkgci",  // eam
                    "bafk2bzacedgl6zt7d2ointmeyqrdwkehpi5w5rk3smsemrwbf3v5gc2wx7qfy",  // ethaccount
                }}},
    BundleCodes{ActorBundle::mainnet,
                18,
                "bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc",
                {{
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
                }}},
    BundleCodes{ActorBundle::mainnet,
                19,
                "bafy2bzaceaq4m3amtcy35lbok2cwcdn7auyypkakqegw6oodf6imx2r5opyiu",
                {{
                    "bafk2bzaceccbmcmiarj4r3ob66tefb77graozqiptfrmvfw6cfpm7hnopkk52",  // system
                    "bafk2bzacea756nwbcdmq33sjf5rkfzkn2n6uhvimulp6caogh7wcffxvjkcsu",  // init
                    "bafk2bzaceci3omlvb6rcunen6khosncxzkzehbf5qpuguiv2ncmc3iwt2rmbs",  // cron
                    "bafk2bzacecgttsyulmd4r2y64iw64x2t4w7tkh636tbtkemy37ume6fxtcjuu",  // account
                    "bafk2bzaceb6o62ybehjmk6lhzrrxxllbhhiax5yikkliz4rjf4acyiodcpnz2",  // storagepower
                    "bafk2bzacearasgifreov6nsjfjevtsxqj33sj6ig4edkfbintetvgx37g5neq",  // storageminer
                    "bafk2bzaceao6lecmhkqy22lxqu7spxuttwgwyhlsht44vdnairmisxd526woa",  // storagemarket
                    "bafk2bzacebmt5izqzm7wis6lhvfqf7wkaepdesvwgogekujt543lnyz5lsgww",  // paymentchannel
                    "bafk2bzacea2al7ljhlznjtmrv3j233z74y3f5zrmaiybko62xzu5eyvfax5nq",  // multisig
                    "bafk2bzacea5ga7xnnqnr6e4nqjgtijd3ifkglxd3scclhvuzawlymjzda4sgu",  // reward
                    "bafk2bzacecay6na42k7qsywhsd6h7qm5wwwgqduqoz2cn6jtboijg6mqw3jag",  // verifiedregistry
                    "bafk2bzacecq7wmrliayx6kkwsct24pv6itlegszkcgyexjdfqr3b4mccrcvl2",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaceaufbdpwqvu6r7bbfpx4w4fw3cub27lm45wapyjfaiwesgvkrw5lm",  // evm
                    "bafk2bzacedikzpibaahzyrjg24ldr4jvjycr2zm5whm5fmqnjrz2fdzxb2pbo",  // eam
                    "bafk2bzaceajtlll5ms37steebrk7r2mm3duyogisqo5p4yk2lbxy7wqjxgyfm",  // ethaccount
                }}},
    BundleCodes{ActorBundle::calibnet,
                17,
                "bafy2bzacecn64rlb52rjsvgopnidz6w42z3zobmjxqek5s4xqjh3ly47rcurg",
                {{
                    "bafk2bzacedpinxovq4t5gmfujbneso2kbx7iioth5d5xq77zwunbciv2qrd52",  // system
                    "bafk2bzacebfiyegcp2fznxfqq54uailxbl3tdbmhbvvs2vh5ae762fmqkwv7s",  // init
                    "bafk2bzaceazbbv7qbk62vq566upifu4inskuaezs2xs2cqz2mkpsqibgtcc3y",  // cron
                    "bafk2bzacedfxgwdy3aoxwbwiyet5qwvfxiy5dl3gixy645dwsasm62tpzdojk",  // account
                    "bafk2bzaceapkzfytgd5omzirgqxbbfaadl7q6tvrjfjfkn436b4q3fpugu2ra",  // storagepower
                    "bafk2bzaceaxel7kdtfa5ca24zxkingzx5xu2a7mlydlv7m3yzkqhkwhds7wxs",  // storageminer
                    "bafk2bzacebon5456ycljttgyqpva7ueilzmue74puotbgrjls4yyjwcs2ceju",  // storagemarket
                    "bafk2bzacecudlzl2infgft4rxwwvsovts23ri2gi7dbfcblw2uny4y7rcjuni",  // paymentchannel
                    "bafk2bzacecmjfy72xhq726aewdcg5n2ospadxdhvisnclx43ujrg65ujrjwtq",  // multisig
                    "bafk2bzacec4m3uwy4yjqfnxl5nfnn4xb3vgflneutunoktjuutx2x2lf753z4",  // reward
                    "bafk2bzaceaiz5e2a2bpg55ry24zevr7azfbtce3r5mannljybx5hjj6ebabxo",  // verifiedregistry
                    "bafk2bzacech7znr653kq4ruwk3mypjwz6nrcwqksq2eg3atf6fcxhk5asuovg",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzacecj6erwjsemkinlja2nwq3bwjbr7jvhde4hbeljsbocl7msygujti",  // evm
                    "bafk2bzacecnhhjdvcqhkp7wnzkqrhycpvhto5pmfecoh2t77d74enr2mtfgdo",  // eam
                    "bafk2bzacedpyyjlmjch7q3auw2gfvmopfhntmgpnprr5nsgemfykvvplnnpyy",  // ethaccount
                }}},
    BundleCodes{ActorBundle::calibnet,
                18,
                "bafy2bzacebkfatnbe6w4rj7lf6gkjh7mywlrpdh2dj6hu2dl4rmtwksszm2hs",
                {{
                    "bafk2bzacecq366vuipuunlityjeaj7q7iexemcpkv7b5netouxcow4qr4cr6c",  // system
                    "bafk2bzaceckaapwi22d56nqlnieqapwaqmicv7oqtbuowa4vfrckqr465eank",  // init
                    "bafk2bzacea6qt5zk7n6z3xg3mn6rbd54ijnzqkz7mdt4vinjclylgp44unau6",  // cron
                    "bafk2bzaceaaekrmq3cqnzokwmuksgr7vqgslpm67blh3fhj4cwgnk5vgoksam",  // account
                    "bafk2bzacec44gnb4mttxdquf4v565figj5l4oquggy5eoftwgdvvsmeeqhtnu",  // storagepower
                    "bafk2bzacedmjs2a62u5isgkewjaik6zxq3obrowalnb2vvkmipomro2rvesh2",  // storageminer
                    "bafk2bzaceabzd7bytvpvamtunoqsbjlhhtu52vrshvel4hc4i7p52qkzuuubk",  // storagemarket
                    "bafk2bzacecycr25bi4fqwpkrkyiarch3qlhakt6l5linxrs4vpjzv5a3a55rg",  // paymentchannel
                    "bafk2bzacechrsbw65ojbktr63swju5g7275fl3lxminrz7damr4me6wq6fjxm",  // multisig
                    "bafk2bzacebr7cct7gottmvpd4ye5av5rbeoqhhlniyizu3tdoia2v3jzgzib2",  // reward
                    "bafk2bzaceb6slpid3f7miqz6kylytd2azlngbce2jsa7p2cos3ejnixxat5cu",  // verifiedregistry
                    "bafk2bzaced6f3eomhaanxsrgwxp7oienjh7baramvz42kw5swszcpo44gay5m",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaceb63lj5qyx6hrtagl4mlqla6rb2ligpeglurhfvn2avubim62oyxc",  // evm
                    "bafk2bzacedwo54emfh7xdayrnojvbighqdwvqcmaatovcnvfm3b3oouwpdzi6",  // eam
                    "bafk2bzaceduuafkwihklhnrwrcjvembs2t24mayoy54dy4pw65tnozzqikdbs",  // ethaccount
                }}},
    BundleCodes{ActorBundle::calibnet,
                19,
                "bafy2bzaceastk5qjmpnaqeeq6whogrlcymyurzyq6jawkntdzwedaznw7amvy",
                {{
                    "bafk2bzaceagfvqlucn6otxhvf2wid47robw6m7dnbfycgltehgzqox5lzs7ho",  // system
                    "bafk2bzaceb5t3gul76kxzpqc2ci3vu75rwi3y5r5wxfelnpdkzelowks6ke34",  // init
                    "bafk2bzaced42cq6vpmnhrqwh366vkzmqy4kcw3ndnei7pb6gaq7nsjecebvpy",  // cron
                    "bafk2bzaceae7l4sbdybed5obaoen6couskj6feiisy7wgpjam2ztpwuj3cntu",  // account
                    "bafk2bzacecv2ohvm4gtmqyhxd3ujgb22cxse572w2ows3x2osg5s2vn5a27nq",  // storagepower
                    "bafk2bzaceb4uaxxqyve6yygwx5sougkxqrlli2pta6ja2w3ioaypfgjqtm6hi",  // storageminer
                    "bafk2bzaceb52qyu6sjcl3xcl24urbk4hkvz22ovfsx676lcsfvrvwvoijrsic",  // storagemarket
                    "bafk2bzaceafrj27pyjilccx6mgnfo4io4qa2qhug63zgie6gfhi3r3izzbbu2",  // paymentchannel
                    "bafk2bzacectb43we4mpxvtejyywdvprwvmvzhhdbxx2kf5tznegntsjamkn7i",  // multisig
                    "bafk2bzaceaqhdlwoeksdifssxk3mytvvjyvan62r5gpafthqynswnei3mj4yi",  // reward
                    "bafk2bzacecv4xyghog76upx5q7liiizvr325moojo4texggnjdbb5n5hjcoce",  // verifiedregistry
                    "bafk2bzacecik6v2im3hllgctue2ineqybythz7nuniw6y6zxbaeemfzcfg4xo",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaceceiey6pgg2qfkqxhqyrlffyylq4gyefkza6uirnowshcuyixoquo",  // evm
                    "bafk2bzaceav6fp7w4sudywf6rutl2o3b45mosnrckosj6tinzecenziduiq2i",  // eam
                    "bafk2bzaceb54wd2osp57pctidqmnqkesjf3mvziwc2burld2uqgw2rtr5l5za",  // ethaccount
                }}},
    BundleCodes{ActorBundle::butterflynet,
                18,
                "bafy2bzacedg3y3ylp3w4bqmfgyiasrikg3bgfibblc7o4gri3b7j7ftgjhyuu",
                {{
                    "bafk2bzacea6vrssdwp3gc536tvxibmosllnpktewy2r733xi5nodlnnauvihq",  // system
                    "bafk2bzaceazbtzz2wwgokov6jtpnabipd2tpdiwyle36ld5qjuhqzsnxn6iwq",  // init
                    "bafk2bzacedzo2d6aqftibnos3oueax7pr7eo2bfaehx3rezjcvpyvk7jsbzvw",  // cron
                    "bafk2bzacebci6wtuc2jggcaktwgqamzbktnxfzychqzcuadzb3skg3u7k3e2c",  // account
                    "bafk2bzaceald47xr65bvsxltqohps3h35stzxmwmunjz7t5veeae5zszkct3w",  // storagepower
                    "bafk2bzaceamzmhgsasj2mjdff4qp3tv2yxy3no5szjhudlxwhy62s3ikyc7sq",  // storageminer
                    "bafk2bzacearomf5dpagrjvucps24xbrg3qiakoll7ek3dni55agzk54o763as",  // storagemarket
                    "bafk2bzacecd46rxivlrxmbgnbs63amzglwpsniwu2sjchk4na3wcajjgewz32",  // paymentchannel
                    "bafk2bzaceb4cqewjdq666lacwfs4xq4hbzs6nuei5evbbilpm47lgxs42jczw",  // multisig
                    "bafk2bzacec4wnsoghsr6pdc6ka3umlmyiu2epijcefn3o6i3assvl2cto62e4",  // reward
                    "bafk2bzaceb7sq2jmq5ihkdj7r25hwjff2vymoclxmolytw75n2iz3d67cbw2y",  // verifiedregistry
                    "bafk2bzacedwzf3egvd43ae6gkt6ivbqtd353b23kfcqwoxhjaitrflmzf4zci",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaceappagxwpuhux3bfjjzizcxbbxjmccpunmg6j7eb5z5jkcd2yyc46",  // evm
                    "bafk2bzacedouiswydbrzhf22vchcskvl2fbwcsl6p3o2a76jdue5frv7nfco4",  // eam
                    "bafk2bzaceaukqla2ayv7k4caeyi6jlqhuxjoaxeojrrso2toexrjnrmyilq4w",  // ethaccount
                }}},
    BundleCodes{ActorBundle::butterflynet,
                19,
                "bafy2bzacedcghtji2u4mill4el2wbssvwfe2hyhjxp3l6oho57uqc537iq3x2",
                {{
                    "bafk2bzaced7rvwevp2s2xdl2omz55a3b4juro23zrv54yhvzxstwvd2unmfas",  // system
                    "bafk2bzacecpwf4ows4i55qyw2h7m26ngfgxv7b3tbezesmj5jo7bb6hncx7bu",  // init
                    "bafk2bzaceauaw4km5wiqgqspyeeorynp6hd5zz5xmgf6gfgizlr7xk7alrhqs",  // cron
                    "bafk2bzacedvkubx56mfg6fvi2hpydm2wcylkenmo7m3ljbgxqjywis7ugx3gw",  // account
                    "bafk2bzaceatzy2iyj4uy4eui4rwncqyi672uefm7rpo7cyo55cxtw42u4t62y",  // storagepower
                    "bafk2bzacecraore3nacadrbpdx6dp5fuujrjnuqp4kvc7qlbczx2cr5j4weqk",  // storageminer
                    "bafk2bzacea73cd6l7qdw7gxc5ksknpdamq6fcx3uzl2crbnee7molubrmuyji",  // storagemarket
                    "bafk2bzaceb3ffcn6okncywrezohcpggrdzzpyyz5qti6xgoadlps36twoxfda",  // paymentchannel
                    "bafk2bzacebtzp3q27qzuhaphdti7q5vwizrp2jcu5qqxdrv2qsgaya6ga5m7a",  // multisig
                    "bafk2bzacechjexoqwc4dc5s3bxjtigjqjouzeroriy25mq4ilbv3pfdcqasmk",  // reward
                    "bafk2bzacebfpaqnl5m7dhzaazfft7dno4ivsvymmy6rzwtqjzey7pukjh2tom",  // verifiedregistry
                    "bafk2bzaceaf2dyyx34z3re2viovh6jrwtdh5ooib6t3pdjfb7heqb2i3v5xmi",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaceaksi2vyi2zlsweiyaglsig7kkj7rtuaxwhc5q4ocxtizkvujypq6",  // evm
                    "bafk2bzaceb6hxiettbl4ja6xpf3m4waen6zurmk25fjyvwfz4di5nc5b47un4",  // eam
                    "bafk2bzacec73d4a3mo2evxpnypdihhz4tvlgqo5rshmvcez3xqpus2p3g7wyg",  // ethaccount
                }}},
    BundleCodes{ActorBundle::devnet,
                17,
                "bafy2bzaceasvgkke3j4cs3xsxnjswpcdmokkvkiehzxzcgfox3ozlehimbuqk",
                {{
                    "bafk2bzacebepha7cbha4yxlbouw6nn6lj55g3lyxjipdgs7ge3kzn7snlche6",  // system
                    "bafk2bzaceccs75hxap6gcyqxzuyouskj3aaq3iotobelo7zgnlwniq52cpck2",  // init
                    "bafk2bzaced4dannurcuwpn4t4nufoi3a34rgfd37qzqtt3vhejeavzobc3zlu",  // cron
                    "bafk2bzacebaypq6rlsiz75i3pehycyj7azbkafrnslsbfj7qz2moglqvw3j7y",  // account
                    "bafk2bzaceal437l2hwjynf3pzvjbtnwlqn7p5gibdf7rkrauk6cnnwez7jtmw",  // storagepower
                    "bafk2bzacebz6pb4vdnl74oekr53zui3mgnonzphlul7uzvsmxcles54f6pebg",  // storageminer
                    "bafk2bzacedw3efzrlhmxna3yc4lnrbpiru6az5eot62irtvl7jzcwb5cfqqra",  // storagemarket
                    "bafk2bzacedy3vcz5dqdvzhemvw72lhgsbtzik4sjmk6x5ddsw6xgxxh53kywo",  // paymentchannel
                    "bafk2bzacedh5u5kmprztmjvprxs7cbhqgtxbikkoftk4caozszdabcnbvosas",  // multisig
                    "bafk2bzacectjhaxiy66w732cjhrciiwju7lslwii5txihqpmtbldmi2dsxo4w",  // reward
                    "bafk2bzacec2jq75qmygdzgsbdilsfb6km2k2zko2gtcupnsexm7nt7lpwzk5e",  // verifiedregistry
                    "bafk2bzaceab2s2lw5reanpb4snxlwp3gxnbia3zgrfjz4uhdfco2v3uvtvm7o",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzaceczoujfzxbd545thqczctcfza44marpmy2w3ykdw2tjatvwjd553i",  // evm
                    "bafk2bzacedfkflqrpu2rrel25r7qxeadfkl2wj4nicd3lam762zwcgfgbpswy",  // eam
                    "bafk2bzaceavjbtw4kchzkl3ev5f5gtvj47kmrcnm5p5qp2q7djb7gehqphbna",  // ethaccount
                }}},
    BundleCodes{ActorBundle::devnet,
                18,
                "bafy2bzaced35gjxagazf2fne5dakbok5abmivsh7cq7huwfuptebgwjmcpcf6",
                {{
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
                }}},
    BundleCodes{ActorBundle::devnet,
                19,
                "bafy2bzaceb7ifsrt75k2ptfpqbdya3ixaedfmdwd45vjllijch6zbbsijjc26",
                {{
                    "bafk2bzaceb2l3ey34tgj6ytq727sf5b6wqsidkp2chohohca3lnplqxfprdoe",  // system
                    "bafk2bzacebqj4lotprdwq7n3mimxzgxjyjet45zfni2ieyxtvajvdpqasuvqw",  // init
                    "bafk2bzacedjvynfdb6gqpvlqmcxabm35jycghj6gm7acsdstdmkjiiyajm2hq",  // cron
                    "bafk2bzaceb7z2hpar3k5fudc4cxhaapnthv3kxaf3hrwrzdutznqtyq5yiyta",  // account
                    "bafk2bzacecttffwr7yxenthvg5znrlbuy74t5z2rt5u5o6yjgnc7rcw4nlaho",  // storagepower
                    "bafk2bzacebetll5dlaahxvxbu7oogdd2i7bo4hqh5zomgynnfuph2dtjnf2d2",  // storageminer
                    "bafk2bzacec6vx565o3svqplmwpoun3neg4mtpces4bwyavwwiwq4b7yfu5h7k",  // storagemarket
                    "bafk2bzacebv2qeu6hgjhdciqvg3c57wsue2t6apxjjzfi4shhyv5niadgd3dg",  // paymentchannel
                    "bafk2bzacea2dyejop7vmjo4ggw5jnuv4b3ep7qf3obzek2t6ogmrxkznyd252",  // multisig
                    "bafk2bzaceaxm3mcviwkef4hdbbbk77dtn5zftmjrbww7hyoqul5uesegkvt7w",  // reward
                    "bafk2bzacebl5m62ckceicajujb4bq33wbtjleluw5ropfn7pu23igkqv45jju",  // verifiedregistry
                    "bafk2bzacebhznqsr4ea4wk6uhgjm7d5hnaxw2lcbbzwt2zdm5no6klvh6hzry",  // datacap
                    "bafk2bzacedfvut2myeleyq67fljcrw4kkmn5pb5dpyozovj7jpoez5irnc3ro",  // placeholder
                    "bafk2bzacedbhlcyaqdbqh5mgxr3pfi7i7o7cbeorfh4jouy7vjkoeec7zjh36",  // evm
                    "bafk2bzacecacnvtwfnemy4kwzess6jbquwae4psjuc6dnvdomesw3ib2ewwi2",  // eam
                    "bafk2bzaceaizxa6rsjiezgttok5l4ig6wjrs4vecudular6fzu3cq7c4krqtk",  // ethaccount
                }}},
};

}  // namespace

std::span<const BundleCodes> bundle_codes() {
    return kBundles;
}

}  // namespace strata::actors
