DefinitionBlock ("", "DSDT", 2, "PLATMP", "DSMTEST", 1)
{
  Scope (\_SB)
  {
    Device (PCI0)
    {
      Name (_HID, EisaId ("PNP0A08"))
      Name (_SEG, 0)
      Name (_BBN, 0)
      Name (_UID, 7)

      Method (_DSM, 4, Serialized)
      {
        Store (ToInteger (Arg2), Local0)
        If (LNotEqual (Arg0, ToUUID ("e5c937d0-3553-4d7a-9117-ea4d19c3434d"))) { Return (Buffer () { 0 }) }
        If (LEqual (Local0, 5)) { Return (One) }
        Return (Buffer () { 0x21 })
      }
    }
  }
}
