// The terminal descriptions riffle carries with it, compiled, so that it needs no database and ncurses sends what our output
// stage understands. Made from the source below with
//   tic -x -o DIR riffle.ti; infocmp -A DIR -Q2 -x riffle     (newlines removed)
// and again, as `riffle-plain`, without `bce`, for tmux and screen, which may erase with the default background.
//
//   riffle|riffle: palette below 0x1000000 and RGB above,
//     bce, msgr, AX, RGB,
//     colors#0x2000000, pairs#0x10000, cols#80, lines#24, it#8,
//     bel=^G, cr=\r, clear=\E[H\E[2J, home=\E[H, cup=\E[%i%p1%d;%p2%dH, hpa=\E[%i%p1%dG, vpa=\E[%i%p1%dd,
//     cub=\E[%p1%dD, cub1=\b, cud=\E[%p1%dB, cud1=\n, cuf=\E[%p1%dC, cuf1=\E[C, cuu=\E[%p1%dA, cuu1=\E[A,
//     ed=\E[J, el=\E[K, el1=\E[1K, ech=\E[%p1%dX,
//     csr=\E[%i%p1%d;%p2%dr, dl=\E[%p1%dM, dl1=\E[M, il=\E[%p1%dL, il1=\E[L, ind=\n, indn=\E[%p1%dS, ri=\EM, rin=\E[%p1%dT,
//     sgr0=\E[m, bold=\E[1m, dim=\E[2m, sitm=\E[3m, ritm=\E[23m, smul=\E[4m, rmul=\E[24m, smso=\E[7m, rmso=\E[27m, rev=\E[7m,
//     blink=\E[9m, op=\E[39;49m,
//     setaf=\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e%p1%{16777216}%<%t38;5;%p1%d%e38;2;%p1%{65536}%/%{255}%&%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
//     setab=\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e%p1%{16777216}%<%t48;5;%p1%d%e48;2;%p1%{65536}%/%{255}%&%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
//
// Why it is so short: there is nothing about keys, modes and tabs, which ncurses is not asked about; no `sgr`, because it
// starts every change of attributes with a reset; no `am`, because a cursor that is believed to stay in the last column makes
// the lower right corner a place like any other, and what xterm and its kin do there agrees with that; no insertion and
// deletion of characters, which differ between terminals around wide ones; no `rep`, which some terminals lack. `blink` is
// strikethrough, an attribute that ncurses does not have; themes cannot blink.

/// A compiled terminal description.
struct TerminalDescription: Equatable, Sendable {
  /// The name that stands in the description; ncurses looks for no other.
  let name: String
  /// For the variable TERMINFO, as terminfo(5) describes under "Hexadecimal and base64".
  let compiled: String

  /// For xterm and its kin, which erase with the background colour that is set.
  static let standard = TerminalDescription(
    name: "riffle",
    compiled: """
      b64:HgI1AB0ADwBpASgCcmlmZmxlfHJpZmZsZTogcGFsZXR0ZSBiZWxvdyAweDEwMDAwMDAgYW5kIFJHQiBhYm92ZQAAAAAAAAAAAAAAAAAAAA\
      EAAAAAAAAAAAAAAAAAAVAAAAAIAAAAGAAAAP____________________________________________________8AAAACAAABAP__AAACAAQA\
      __8VAB0AIQAlAP__MABBAEMA__9HAP____9JAP__TQD_____UQD_______9VAFoA_____18A________ZABpAG4AcwD__3wA________gACGAP\
      ____________________-MAP______________________________________________________________________________________\
      ____________________________________________________kACZAP__ogCrALQAvQDGAM8A________________________________2A\
      D__-MA5QD_____________________________________________________________________________________________________\
      ______________________________________________________________________________________________________________\
      ______________________________________________________________________________________________________________\
      _______________________________________________oAP____________________________________________________________\
      ___________-0A___________________________________2AP________________________sA________________________________\
      __________________________________________________________________8BAZQBBwANABtbJWklcDElZDslcDIlZHIAG1tIG1sySg\
      AbW0sAG1tKABtbJWklcDElZEcAG1slaSVwMSVkOyVwMiVkSAAKABtbSAAIABtbQwAbW0EAG1tNABtbOW0AG1sxbQAbWzJtABtbN20AG1s3bQAb\
      WzRtABtbJXAxJWRYABtbbQAbWzI3bQAbWzI0bQAbW0wAG1slcDElZE0AG1slcDElZEIAG1slcDElZFMAG1slcDElZEwAG1slcDElZEQAG1slcD\
      ElZEMAG1slcDElZFQAG1slcDElZEEAG1slaSVwMSVkZAAKABtNABtbMUsAG1szOTs0OW0AG1szbQAbWzIzbQAbWyU_JXAxJXs4fSU8JXQzJXAx\
      JWQlZSVwMSV7MTZ9JTwldDklcDElezh9JS0lZCVlJXAxJXsxNjc3NzIxNn0lPCV0Mzg7NTslcDElZCVlMzg7MjslcDElezY1NTM2fSUvJXsyNT\
      V9JSYlZDslcDElezI1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTV9JSYlZCU7bQAbWyU_JXAxJXs4fSU8JXQ0JXAxJWQlZSVwMSV7MTZ9JTwldDEw\
      JXAxJXs4fSUtJWQlZSVwMSV7MTY3NzcyMTZ9JTwldDQ4OzU7JXAxJWQlZTQ4OzI7JXAxJXs2NTUzNn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTZ9JS\
      8lezI1NX0lJiVkOyVwMSV7MjU1fSUmJWQlO20AAgAAAAAAAgAHAAEBAAADAEFYAFJHQgA=
      """)

  /// For tmux and screen.
  static let withoutBackgroundErase = TerminalDescription(
    name: "riffle-plain",
    compiled: """
      b64:HgJHAA8ADwBpASgCcmlmZmxlLXBsYWlufHJpZmZsZSB3aXRob3V0IGJjZTogcGFsZXR0ZSBiZWxvdyAweDEwMDAwMDAgYW5kIFJHQiBhYm\
      92ZQAAAAAAAAAAAAAAAAAAAAFQAAAACAAAABgAAAD_____________________________________________________AAAAAgAAAQD__wAA\
      AgAEAP__FQAdACEAJQD__zAAQQBDAP__RwD_____SQD__00A_____1EA________VQBaAP____9fAP_______2QAaQBuAHMA__98AP_______4\
      AAhgD_____________________jAD_________________________________________________________________________________\
      _________________________________________________________5AAmQD__6IAqwC0AL0AxgDPAP____________________________\
      ___9gA___jAOUA________________________________________________________________________________________________\
      ______________________________________________________________________________________________________________\
      ______________________________________________________________________________________________________________\
      ____________________________________________________6AD_______________________________________________________\
      _________________tAP__________________________________9gD________________________7AP__________________________\
      ________________________________________________________________________AQGUAQcADQAbWyVpJXAxJWQ7JXAyJWRyABtbSB\
      tbMkoAG1tLABtbSgAbWyVpJXAxJWRHABtbJWklcDElZDslcDIlZEgACgAbW0gACAAbW0MAG1tBABtbTQAbWzltABtbMW0AG1sybQAbWzdtABtb\
      N20AG1s0bQAbWyVwMSVkWAAbW20AG1syN20AG1syNG0AG1tMABtbJXAxJWRNABtbJXAxJWRCABtbJXAxJWRTABtbJXAxJWRMABtbJXAxJWREAB\
      tbJXAxJWRDABtbJXAxJWRUABtbJXAxJWRBABtbJWklcDElZGQACgAbTQAbWzFLABtbMzk7NDltABtbM20AG1syM20AG1slPyVwMSV7OH0lPCV0\
      MyVwMSVkJWUlcDElezE2fSU8JXQ5JXAxJXs4fSUtJWQlZSVwMSV7MTY3NzcyMTZ9JTwldDM4OzU7JXAxJWQlZTM4OzI7JXAxJXs2NTUzNn0lLy\
      V7MjU1fSUmJWQ7JXAxJXsyNTZ9JS8lezI1NX0lJiVkOyVwMSV7MjU1fSUmJWQlO20AG1slPyVwMSV7OH0lPCV0NCVwMSVkJWUlcDElezE2fSU8\
      JXQxMCVwMSV7OH0lLSVkJWUlcDElezE2Nzc3MjE2fSU8JXQ0ODs1OyVwMSVkJWU0ODsyOyVwMSV7NjU1MzZ9JS8lezI1NX0lJiVkOyVwMSV7Mj\
      U2fSUvJXsyNTV9JSYlZDslcDElezI1NX0lJiVkJTttAAIAAAAAAAIABwABAQAAAwBBWABSR0IA
      """)
}
